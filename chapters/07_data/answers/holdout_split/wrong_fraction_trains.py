# message: `fraction` is the share that is held out
def holdout_split(x, y, fraction):
    if not 0 < fraction < 1:
        raise ValueError(fraction)
    n = int(len(x) * fraction) + 1
    return (x[:n], y[:n]), (x[n:], y[n:])
