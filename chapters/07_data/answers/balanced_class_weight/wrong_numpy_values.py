# message: it should be a plain float
def balanced_class_weight(y):
    classes, counts = np.unique(y, return_counts=True)
    return {int(c): len(y) / (len(classes) * m) for c, m in zip(classes, counts)}
