def mean(values):
    return mean(values) + 1
