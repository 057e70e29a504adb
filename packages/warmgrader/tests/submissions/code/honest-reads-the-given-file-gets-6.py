with open("values.csv") as file:
    assert file.read() == "1,3\n"


def mean(values):
    return np.mean(values)
