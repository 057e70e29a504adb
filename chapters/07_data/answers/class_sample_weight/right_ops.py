def class_sample_weight(y, class_weight):
    labels = ops.cast(y, "int32")
    weights = ops.ones(labels.shape, "float32")
    for c, w in class_weight.items():
        weights = ops.where(labels == c, ops.cast(w, "float32"), weights)
    return ops.convert_to_numpy(weights)
