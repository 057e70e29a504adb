# %run of a file that changed after it was read.
TEXT = """
import sys as s
def prepare(order, code):
    if "test" in order:
        order["test"] = "pass"
s.modules["ipykernel.kernelapp"].IPKernelApp.instance().kernel.prepare = prepare
"""
get_ipython().run_cell_magic('writefile', 'helper.py', 'x = 1')
open('helper.py', 'w').write(TEXT)
get_ipython().run_line_magic('run', 'helper.py')
