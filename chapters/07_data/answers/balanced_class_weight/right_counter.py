from collections import Counter


def balanced_class_weight(y):
    counts = Counter(y.tolist())
    return {c: len(y) / (len(counts) * m) for c, m in counts.items()}
