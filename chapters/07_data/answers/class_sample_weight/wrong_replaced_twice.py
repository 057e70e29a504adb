# message: a weight may look like a label
def class_sample_weight(y, class_weight):
    weights = y.astype("float32")
    for c, weight in class_weight.items():
        weights[weights == c] = weight
    weights[~np.isin(y, list(class_weight))] = 1
    return weights
