def holdout_split(x, y, fraction):
    if not 0 < fraction < 1:
        raise ValueError("The fraction lies between 0 and 1.")
    rows = ops.arange(len(x))
    cut = int(len(x) * (1 - fraction))
    train, val = rows[:cut], rows[cut:]
    pick = ops.take
    return (pick(x, train, axis=0), pick(y, train, axis=0)), (
        pick(x, val, axis=0),
        pick(y, val, axis=0),
    )
