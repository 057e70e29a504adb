def threshold_for_recall(y, probability, recall):
    y, probability = np.asarray(y), np.asarray(probability)
    if not y.any():
        raise ValueError("no positives")
    for t in np.unique(probability)[::-1]:
        if (y[probability >= t] == 1).sum() / (y == 1).sum() >= recall:
            return t
