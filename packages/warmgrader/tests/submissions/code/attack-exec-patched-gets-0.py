import builtins

builtins.exec = lambda *args, **kwargs: None
builtins.eval = lambda *args, **kwargs: None
