# message: The weights went to columns, not to rows.
class RootMeanSquaredError(keras.metrics.Metric):
    def __init__(self, name="rmse", **kwargs):
        super().__init__(name=name, **kwargs)
        self.total = self.add_weight(name="total", initializer="zeros")
        self.count = self.add_weight(name="count", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.reshape(ops.cast(y_true, "float32"), ops.shape(y_pred))
        squares = ops.square(y_true - y_pred)
        weights = ops.ones_like(squares)
        if sample_weight is not None:
            weights = weights * ops.cast(sample_weight, "float32")
        self.total.assign_add(ops.sum(squares * weights))
        self.count.assign_add(ops.sum(weights))

    def result(self):
        return ops.sqrt(ops.divide_no_nan(self.total, self.count))
