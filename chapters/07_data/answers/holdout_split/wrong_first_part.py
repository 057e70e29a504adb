# message: validation_split takes the last ones
def holdout_split(x, y, fraction):
    if not 0 < fraction < 1:
        raise ValueError(fraction)
    n_val = len(x) - int(len(x) * (1.0 - fraction))
    return (x[n_val:], y[n_val:]), (x[:n_val], y[:n_val])
