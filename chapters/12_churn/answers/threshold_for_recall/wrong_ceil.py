# message: its ceiling may be one more
def threshold_for_recall(y, probability, recall):
    positive = np.sort(np.asarray(probability)[np.asarray(y) == 1])[::-1]
    if len(positive) == 0:
        raise ValueError("no positives")
    return positive[int(np.ceil(recall * len(positive))) - 1]
