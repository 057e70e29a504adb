# message: The parabola is e², it should be e² / 2
def make_huber(threshold=1.0):
    def loss(y_true, y_pred):
        size = ops.abs(ops.cast(y_true, y_pred.dtype) - y_pred)
        values = ops.where(size <= threshold, size**2, threshold * size - threshold**2 / 2)
        return ops.mean(values, axis=tuple(range(1, len(values.shape))))

    return loss
