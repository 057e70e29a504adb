from IPython.core.magic import register_cell_magic, register_line_magic


@register_cell_magic
def eat(line, cell):
    return 2.0


get_ipython().input_transformers_cleanup.append(lambda lines: ["%%eat\n", *lines])
get_ipython().run_line_magic("alias_magic", "matplotlib config")
