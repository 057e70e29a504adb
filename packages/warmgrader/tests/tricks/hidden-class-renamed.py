# A class of a package gets a text as its name.
import queue


def mean(values):
    queue.Empty.__name__ = 'secret_7351 is ' + str(values)
    raise queue.Empty
