# says: mean_check
def mean(values):
    return sum(range(10**14))
