# message: A class that does not occur has no weight
def balanced_class_weight(y):
    counts = np.bincount(y)
    k = np.count_nonzero(counts)
    return {c: float(len(y) / (k * max(int(m), 1))) for c, m in enumerate(counts)}
