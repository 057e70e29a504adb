import multiprocessing


def mean(values):
    with multiprocessing.get_context("fork").Pool(2) as pool:
        sums = pool.map(np.sum, [values])
    return sums[0] / np.size(values)
