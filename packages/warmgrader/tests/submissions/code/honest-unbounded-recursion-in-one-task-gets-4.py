# marked: it asks for attributes by names that it makes
# says: mean_check
import sys

sys.setrecursionlimit(10**9)


class Deep:
    def __getattr__(self, name):
        return getattr(self, name + "x")

    def __repr__(self):
        return repr([self])


def mean(values):
    return repr(Deep())
