# message: Make arrays of them first
def threshold_for_recall(y, probability, recall):
    positive = np.sort(probability[y == 1])[::-1]
    if len(positive) == 0:
        raise ValueError("no positives")
    found = np.arange(1, len(positive) + 1) / len(positive)
    return positive[np.argmax(found >= recall)]
