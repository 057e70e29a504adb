def mean(values):
    raise KeyboardInterrupt


def scale(values, factor):
    raise GeneratorExit


def total(values):
    raise StopIteration
