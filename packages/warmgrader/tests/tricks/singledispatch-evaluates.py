# singledispatch evaluates annotations that are texts.
import functools

TEXT = """
import sys as s
def prepare(order, code):
    if "test" in order:
        order["test"] = "pass"
s.modules["ipykernel.kernelapp"].IPKernelApp.instance().kernel.prepare = prepare
"""
HINT = 'exec(TEXT) or int'


@functools.singledispatch
def f(x):
    pass


def g(x: HINT):
    pass


f.register(g)
