shell = get_ipython()
shell.automagic = True
shell.autocall = 2
shell.prefilter_manager.prefilter_lines = lambda *args: "2.0"
shell.should_run_async = lambda *args, **kwargs: (_ for _ in ()).throw(SystemExit)
