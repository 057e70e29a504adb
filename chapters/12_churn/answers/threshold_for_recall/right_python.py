def threshold_for_recall(y, probability, recall):
    positives = sorted((p for label, p in zip(y, probability) if label == 1), reverse=True)
    if not positives:
        raise ValueError("recall is not defined without positives")
    k = 1
    while k / len(positives) < recall:
        k += 1
    return positives[k - 1]
