import importlib.abc
import importlib.machinery
import sys


class Hook(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        raise SystemExit


for name in list(sys.modules):
    if name.startswith("numpy.testing"):
        del sys.modules[name]
sys.meta_path.insert(0, Hook())
