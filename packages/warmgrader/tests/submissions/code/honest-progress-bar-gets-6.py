import sys


def mean(values):
    for percent in range(0, 101, 10):
        print(f"\r{percent} %", end="", file=sys.stderr)
    return np.mean(values)
