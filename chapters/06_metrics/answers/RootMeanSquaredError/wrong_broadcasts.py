# message: their difference was broadcast to (3, 3)
class RootMeanSquaredError(keras.metrics.Metric):
    def __init__(self, name="rmse", **kwargs):
        super().__init__(name=name, **kwargs)
        self.total = self.add_weight(name="total", initializer="zeros")
        self.count = self.add_weight(name="count", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        squares = ops.square(ops.cast(y_true, "float32") - ops.cast(y_pred, "float32"))
        weights = ops.ones_like(squares)
        if sample_weight is not None:
            weights = weights * ops.reshape(ops.cast(sample_weight, "float32"), (-1, 1))
        self.total.assign_add(ops.sum(squares * weights))
        self.count.assign_add(ops.sum(weights))

    def result(self):
        return ops.sqrt(ops.divide_no_nan(self.total, self.count))
