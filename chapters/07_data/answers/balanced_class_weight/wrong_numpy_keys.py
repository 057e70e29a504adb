# message: it should be a plain int
def balanced_class_weight(y):
    classes, counts = np.unique(y, return_counts=True)
    return dict(zip(classes, len(y) / (len(classes) * counts)))
