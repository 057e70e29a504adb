def holdout_split(x, y, fraction):
    if not (0.0 < fraction < 1.0):
        raise ValueError(fraction)
    cut = int(np.floor(len(x) * (1.0 - fraction)))
    x_train, x_val = np.split(x, [cut])
    y_train, y_val = np.split(y, [cut])
    return [[x_train, y_train], [x_val, y_val]]
