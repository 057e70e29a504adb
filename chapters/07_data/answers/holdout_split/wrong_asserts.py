# message: raised AssertionError, it should be a ValueError
def holdout_split(x, y, fraction):
    assert 0 < fraction < 1
    n = int(len(x) * (1.0 - fraction))
    return (x[:n], y[:n]), (x[n:], y[n:])
