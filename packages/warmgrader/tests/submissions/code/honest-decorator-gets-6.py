import functools


def logged(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        print(function.__name__, args)
        return function(*args, **kwargs)

    return inner


@logged
@functools.lru_cache(maxsize=None)
def _mean(values):
    return sum(values) / len(values)


def mean(values):
    return _mean(tuple(values))
