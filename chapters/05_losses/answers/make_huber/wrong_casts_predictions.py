# message: Cast y_true to the type of y_pred, not the other way round.
def make_huber(threshold=1.0):
    def loss(y_true, y_pred):
        size = ops.abs(ops.cast(y_true - ops.cast(y_pred, y_true.dtype), "float32"))
        values = ops.where(size <= threshold, size**2 / 2, threshold * size - threshold**2 / 2)
        return ops.mean(values, axis=tuple(range(1, len(values.shape))))

    return loss
