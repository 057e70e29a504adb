import math


def holdout_split(x, y, fraction):
    if fraction <= 0 or fraction >= 1:
        raise ValueError("fraction")
    cut = math.floor(x.shape[0] * (1.0 - fraction))
    train = slice(None, cut)
    val = slice(cut, None)
    return (x[train], y[train]), (x[val], y[val])
