import sys

sys.setrecursionlimit(100_000)


def add(values, start=0):
    return values[start] + add(values, start + 1) if start < len(values) else 0


def mean(values):
    assert add([1] * 5000) == 5000
    return np.sum(values) / np.size(values)
