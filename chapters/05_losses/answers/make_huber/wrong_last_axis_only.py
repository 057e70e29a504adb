# message: the mean over *all* axes but the first, not only over the last one
def make_huber(threshold=1.0):
    def loss(y_true, y_pred):
        size = ops.abs(ops.cast(y_true, y_pred.dtype) - y_pred)
        values = ops.where(size <= threshold, size**2 / 2, threshold * size - threshold**2 / 2)
        return ops.mean(values, axis=-1)

    return loss
