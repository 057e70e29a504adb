def balanced_class_weight(y):
    counts = np.bincount(y)
    present = np.flatnonzero(counts)
    weights = len(y) / (len(present) * counts[present])
    return dict(zip(present.tolist(), weights.tolist()))
