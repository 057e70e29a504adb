# message: Calculate it just like that
import math


def holdout_split(x, y, fraction):
    if not 0 < fraction < 1:
        raise ValueError(fraction)
    n_train = len(x) - math.ceil(len(x) * fraction)
    return (x[:n_train], y[:n_train]), (x[n_train:], y[n_train:])
