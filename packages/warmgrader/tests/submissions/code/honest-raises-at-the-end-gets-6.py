def mean(values):
    return np.mean(values)


raise RuntimeError("I was still trying something here")
