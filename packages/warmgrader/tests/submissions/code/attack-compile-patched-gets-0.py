import builtins

real = builtins.compile
compiler = get_ipython().compile
compiler.__class__.__call__ = lambda self, node, *rest, **more: real("2.0", "x", "exec")
builtins.compile = lambda *args, **kwargs: real("2.0", "x", "exec")
