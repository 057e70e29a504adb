# message: These are the shares of the classes
def balanced_class_weight(y):
    return {int(c): float(np.mean(y == c)) for c in np.unique(y)}
