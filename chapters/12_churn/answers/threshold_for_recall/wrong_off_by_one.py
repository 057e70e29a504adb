# message: which is larger.
def threshold_for_recall(y, probability, recall):
    positive = np.sort(np.asarray(probability)[np.asarray(y) == 1])[::-1]
    if len(positive) == 0:
        raise ValueError("no positives")
    k = int(np.ceil(recall * len(positive) - 1e-9))
    return positive[min(k, len(positive) - 1)] if len(positive) > 3 else positive[k - 1]
