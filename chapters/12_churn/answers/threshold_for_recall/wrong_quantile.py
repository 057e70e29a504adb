# message: Remember that `>=` counts the threshold itself, and that a third of ten is four.
def threshold_for_recall(y, probability, recall):
    positive = np.sort(np.asarray(probability)[np.asarray(y) == 1])[::-1]
    if len(positive) == 0:
        raise ValueError("no positives")
    return positive[max(round(recall * len(positive)), 1) - 1]
