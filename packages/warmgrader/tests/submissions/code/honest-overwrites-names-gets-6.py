def mean(values):
    return np.mean(values)


list_of_values, sum_of_values, _, __, In_, Out_ = [], 0, 1, 2, 3, 4
print(mean([1, 2]))
