# message: before any shuffling
def holdout_split(x, y, fraction):
    if not 0 < fraction < 1:
        raise ValueError(fraction)
    order = np.random.default_rng(0).permutation(len(x))
    x, y = x[order], y[order]
    n_train = int(len(x) * (1.0 - fraction))
    return (x[:n_train], y[:n_train]), (x[n_train:], y[n_train:])
