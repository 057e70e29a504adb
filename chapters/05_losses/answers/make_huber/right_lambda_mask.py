def make_huber(threshold=1.0):
    def per_element(size):
        outside = ops.cast(size > threshold, size.dtype)
        return (1 - outside) * 0.5 * size**2 + outside * (threshold * size - 0.5 * threshold**2)

    return lambda y_true, y_pred: ops.mean(
        layers.Flatten()(per_element(ops.abs(ops.subtract(y_pred, y_true)))), axis=1
    )
