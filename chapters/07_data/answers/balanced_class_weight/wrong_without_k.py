# message: The number of classes k is missing
def balanced_class_weight(y):
    classes, counts = np.unique(y, return_counts=True)
    return {int(c): float(len(y) / m) for c, m in zip(classes, counts)}
