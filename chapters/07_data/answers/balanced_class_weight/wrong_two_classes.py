# message: k is the number of classes that occur
def balanced_class_weight(y):
    classes, counts = np.unique(y, return_counts=True)
    return {int(c): float(len(y) / (2 * m)) for c, m in zip(classes, counts)}
