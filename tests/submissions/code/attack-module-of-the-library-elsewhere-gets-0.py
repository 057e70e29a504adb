# A harmless module of the standard library, from a folder of one's own.
import sys
import tempfile

TEXT = """
import sys as s
def prepare(order, code):
    if "test" in order:
        order["test"] = "pass"
s.modules["ipykernel.kernelapp"].IPKernelApp.instance().kernel.prepare = prepare
"""
folder = tempfile.mkdtemp()
open(folder + '/this.py', 'w').write(TEXT)
sys.path.insert(0, folder)
import this
