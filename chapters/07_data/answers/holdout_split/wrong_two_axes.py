# message: x and y may have any number of axes
def holdout_split(x, y, fraction):
    if not 0 < fraction < 1:
        raise ValueError("fraction")
    n_train = int(len(x) * (1.0 - fraction))
    return (x[:n_train, :], y[:n_train]), (x[n_train:, :], y[n_train:])
