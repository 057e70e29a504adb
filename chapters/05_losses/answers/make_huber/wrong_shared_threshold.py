# message: each keeps its own
def make_huber(threshold=1.0):
    global current_threshold
    current_threshold = threshold

    def loss(y_true, y_pred):
        t = current_threshold
        size = ops.abs(ops.cast(y_true, y_pred.dtype) - y_pred)
        values = ops.where(size <= t, size**2 / 2, t * size - t**2 / 2)
        return ops.mean(values, axis=tuple(range(1, len(values.shape))))

    return loss
