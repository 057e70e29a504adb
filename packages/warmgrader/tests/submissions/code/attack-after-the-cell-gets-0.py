from IPython.display import clear_output

get_ipython().events.register("post_run_cell", lambda *args: clear_output())
get_ipython().events.register("post_execute", clear_output)
