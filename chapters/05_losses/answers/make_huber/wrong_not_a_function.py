# message: it should return a function that takes y_true and y_pred
def make_huber(threshold=1.0):
    size = ops.abs(y_true - y_pred)
    values = ops.where(size <= threshold, size**2 / 2, threshold * size - threshold**2 / 2)
    return ops.mean(values, axis=-1)
