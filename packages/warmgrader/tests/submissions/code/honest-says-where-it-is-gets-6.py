# marked: it looks at frames
import inspect
import sys
import traceback


def where():
    return sys._getframe(1).f_code.co_name


def mean(values):
    assert where() == inspect.currentframe().f_code.co_name == "mean"
    print(f"called by {inspect.stack()[-1].function}, {len(inspect.stack())} deep")
    traceback.print_stack()
    return np.sum(values) / np.size(values)
