formatter = get_ipython().display_formatter.formatters["text/plain"]
formatter.for_type(int, lambda value, p, cycle: p.text("2"))
formatter.for_type(float, lambda value, p, cycle: p.text("2.0"))
