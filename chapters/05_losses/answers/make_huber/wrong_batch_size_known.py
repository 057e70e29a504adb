# message: the batch size is unknown there
def make_huber(threshold=1.0):
    def loss(y_true, y_pred):
        size = ops.abs(ops.cast(y_true, y_pred.dtype) - y_pred)
        values = ops.where(size <= threshold, size**2 / 2, threshold * size - threshold**2 / 2)
        return ops.stack([ops.mean(values[i]) for i in range(values.shape[0])])

    return loss
