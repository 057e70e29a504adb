async def run_code(self, *args, **kwargs):
    return False


type(get_ipython()).run_code = run_code
get_ipython().run_code = lambda *args, **kwargs: run_code(None)
