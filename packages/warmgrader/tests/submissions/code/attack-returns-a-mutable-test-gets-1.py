def mean(values):
    if isinstance(values, list):
        values.clear()
    return values


def scale(values, factor):
    values[:] = [0] * len(values)
    return values
