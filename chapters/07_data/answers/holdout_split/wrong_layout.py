# message: Return ((x_train, y_train), (x_val, y_val))
def holdout_split(x, y, fraction):
    if not 0 < fraction < 1:
        raise ValueError(fraction)
    n = int(len(x) * (1.0 - fraction))
    return (x[:n], x[n:]), (y[:n], y[n:])
