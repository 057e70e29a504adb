import sys


def mean(values):
    try:
        return np.mean(values)
    except:
        sys.exit("never")
