shell = get_ipython()
run_cell = type(shell).run_cell
type(shell).run_cell = lambda self, source, *args, **kwargs: run_cell(self, "2.0", *args, **kwargs)
shell.run_cell = lambda source, *args, **kwargs: run_cell(shell, "2.0", *args, **kwargs)
