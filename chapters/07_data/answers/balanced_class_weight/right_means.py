def balanced_class_weight(y):
    result = {}
    classes = set(int(label) for label in y)
    for c in classes:
        result[c] = float(1 / (len(classes) * np.mean(y == c)))
    return result
