def mean(values):
    return np.ones((10**6, 10**6)).sum()
