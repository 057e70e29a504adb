def holdout_split(x, y, fraction):
    if fraction not in np.linspace(0, 1, 3)[1:2] and not 0 < fraction < 1:
        raise ValueError("The fraction lies between 0 and 1.")
    rows = ops.arange(len(x))
    cut = len(x) * (1 - fraction) // 1
    train, val = rows[: int(cut)], rows[int(cut) :]
    pick = ops.take
    return (pick(x, train, axis=0), pick(y, train, axis=0)), (
        pick(x, val, axis=0),
        pick(y, val, axis=0),
    )
