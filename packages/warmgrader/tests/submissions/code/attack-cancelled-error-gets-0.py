import asyncio


def mean(values):
    raise asyncio.CancelledError


scale = total = lambda *args: mean(args)
