# message: k is the number of classes that occur
def balanced_class_weight(y):
    classes, counts = np.unique(y, return_counts=True)
    k = int(y.max()) + 1
    return {int(c): float(len(y) / (k * m)) for c, m in zip(classes, counts)}
