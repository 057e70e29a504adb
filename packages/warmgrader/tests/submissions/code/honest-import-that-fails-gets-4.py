import a_package_that_is_not_installed


def mean(values):
    return np.mean(values)
