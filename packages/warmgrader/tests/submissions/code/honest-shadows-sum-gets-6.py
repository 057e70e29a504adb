sum = 0
for value in [1, 2, 3]:
    sum = sum + value
max = 3


def mean(values):
    return np.mean(values)
