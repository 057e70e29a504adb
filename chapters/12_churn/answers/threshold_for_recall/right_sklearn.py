from sklearn.metrics import precision_recall_curve


def threshold_for_recall(y, probability, recall):
    if not np.any(np.asarray(y) == 1):
        raise ValueError("no positives")
    _, reached, thresholds = precision_recall_curve(y, probability)
    return thresholds[reached[:-1] >= recall].max()
