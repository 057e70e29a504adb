import sys


class Anything:
    def __getattr__(self, name):
        return self

    def __call__(self, *args, **kwargs):
        return self


np = Anything()
sys.modules["numpy"] = sys.modules["numpy.testing"] = np
