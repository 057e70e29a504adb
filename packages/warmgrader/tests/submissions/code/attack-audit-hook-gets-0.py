import sys


def hook(event, arguments):
    if event in ("compile", "exec"):
        globals().update(int=lambda *a: 1, list=lambda *a: [0])


sys.addaudithook(hook)
