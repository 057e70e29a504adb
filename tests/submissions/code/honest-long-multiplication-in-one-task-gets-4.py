# says: mean_check
def mean(values):
    return len(str(7 ** (10**9)))
