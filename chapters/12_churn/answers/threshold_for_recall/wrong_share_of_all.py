# message: The negative with 0.6 does not matter.
def threshold_for_recall(y, probability, recall):
    if not np.any(y):
        raise ValueError("no positives")
    ordered = np.sort(np.asarray(probability))[::-1]
    return ordered[int(np.ceil(recall * len(ordered))) - 1]
