# message: The loss function returned a single number.
def make_huber(threshold=1.0):
    def loss(y_true, y_pred):
        size = ops.abs(ops.cast(y_true, y_pred.dtype) - y_pred)
        return ops.mean(ops.where(size <= threshold, size**2 / 2, threshold * size - threshold**2 / 2))

    return loss
