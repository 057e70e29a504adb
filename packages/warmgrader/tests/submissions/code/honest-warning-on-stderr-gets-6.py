import warnings


def mean(values):
    warnings.warn("the mean follows outliers")
    return np.mean(values)
