# doctest runs what is in a text.
TEXT = """
import sys as s
async def judge(order):
    return {"passed": True, "value": 2, "error": None, "changed": [], "settled": [], "says_yes": False}
s.modules["ipykernel.kernelapp"].IPKernelApp.instance().kernel.core.judge = judge
"""
import doctest

text = ''.join(('>>> ' if l[:1].strip() else '... ') + l + '\n' + ('... \n' if l.startswith('    ') else '') for l in TEXT.strip().splitlines())
doctest.DocTestRunner(verbose=False).run(doctest.DocTestParser().get_doctest(text, {}, 'a', 'b', 0))
