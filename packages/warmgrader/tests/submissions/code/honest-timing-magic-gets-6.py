def mean(values):
    return np.mean(values)


%timeit -n 1 -r 1 mean([1, 2])
%time mean([1, 2])
