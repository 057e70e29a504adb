import codecs
import sys


class Quiet:
    def write(self, text):
        return len(text)

    def flush(self):
        pass


sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = Quiet()
sys.excepthook = lambda *args: None
sys.unraisablehook = lambda *args: None
