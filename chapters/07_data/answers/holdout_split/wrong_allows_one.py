# message: fraction=0 raised nothing
def holdout_split(x, y, fraction):
    if not 0 <= fraction <= 1:
        raise ValueError(fraction)
    n = int(len(x) * (1.0 - fraction))
    return (x[:n], y[:n]), (x[n:], y[n:])
