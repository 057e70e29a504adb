shell = get_ipython()
run_cell_async = type(shell).run_cell_async


async def fake(self, source, *args, **kwargs):
    kwargs.pop("transformed_cell", None)
    return await run_cell_async(self, "2.0", *args, transformed_cell="2.0", **kwargs)


type(shell).run_cell_async = fake
