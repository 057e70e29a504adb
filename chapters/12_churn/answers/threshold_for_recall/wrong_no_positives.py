# message: Without any positive there is no recall: it should be a ValueError.
def threshold_for_recall(y, probability, recall):
    positive = np.sort(np.asarray(probability)[np.asarray(y) == 1])[::-1]
    if len(positive) == 0:
        return 1.0
    found = np.arange(1, len(positive) + 1) / len(positive)
    return positive[np.argmax(found >= recall)]
