import sys

sys.stdout = None
sys.stderr = None


def mean(values):
    print("lost")
    return np.sum(values) / np.size(values)
