# message: fraction=-0.2 raised nothing
def holdout_split(x, y, fraction):
    if fraction in (0, 1):
        raise ValueError("One part would be empty.")
    n_train = int(len(x) * (1.0 - fraction))
    return (x[:n_train], y[:n_train]), (x[n_train:], y[n_train:])
