import warnings

warnings.simplefilter("error")
np.seterr(all="raise")


def mean(values):
    return np.sum(values) / np.size(values)
