# In a loop an alias is older than what it stands for.
TEXT = """
import sys as s
def prepare(order, code):
    if "test" in order:
        order["test"] = "pass"
s.modules["ipykernel.kernelapp"].IPKernelApp.instance().kernel.prepare = prepare
"""
a = None
for _ in range(2):
    b = a
    a = exec
b(TEXT, {})
