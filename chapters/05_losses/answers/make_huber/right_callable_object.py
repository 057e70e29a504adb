class Huber:
    def __init__(self, threshold):
        self.threshold = threshold

    def __call__(self, y_true, y_pred):
        y_true = ops.convert_to_tensor(y_true, dtype="float32")
        size = ops.abs(y_true - y_pred)
        small = ops.minimum(size, self.threshold)
        values = small**2 / 2 + self.threshold * (size - small)
        return ops.mean(values, axis=range(1, values.ndim))


def make_huber(threshold=1.0):
    return Huber(threshold)
