def class_sample_weight(y, class_weight):
    weights = ops.ones(y.shape)
    for c, w in class_weight.items():
        weights = ops.where(y == c, w, weights)
    return ops.convert_to_numpy(weights)
