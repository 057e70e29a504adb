# message: return the largest threshold that is enough
def threshold_for_recall(y, probability, recall):
    positive = np.asarray(probability)[np.asarray(y) == 1]
    if len(positive) == 0:
        raise ValueError("no positives")
    return positive.min()
