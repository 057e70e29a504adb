# says: total_score
def total(values):
    return sum(range(10**14))
