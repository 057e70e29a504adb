# message: e is used without its absolute value
def make_huber(threshold=1.0):
    def loss(y_true, y_pred):
        e = ops.cast(y_true, y_pred.dtype) - y_pred
        values = ops.where(e <= threshold, e**2 / 2, threshold * e - threshold**2 / 2)
        return ops.mean(values, axis=tuple(range(1, len(values.shape))))

    return loss
