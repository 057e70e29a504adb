import builtins

get_ipython = builtins.get_ipython = lambda: None
globals()["exit"] = globals()["quit"] = None
__name__ = "not_main"
