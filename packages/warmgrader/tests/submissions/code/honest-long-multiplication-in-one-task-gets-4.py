# says: total_score
def total(values):
    return len(str(7 ** (10**9)))
