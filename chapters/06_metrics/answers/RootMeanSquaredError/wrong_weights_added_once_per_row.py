# message: The weights were added up once per row and not once per element
class RootMeanSquaredError(keras.metrics.Metric):
    def __init__(self, name="rmse", **kwargs):
        super().__init__(name=name, **kwargs)
        self.total = self.add_weight(name="total", initializer="zeros")
        self.count = self.add_weight(name="count", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.reshape(ops.cast(y_true, "float32"), ops.shape(y_pred))
        squares = ops.square(y_true - y_pred)
        if sample_weight is None:
            self.total.assign_add(ops.sum(squares))
            self.count.assign_add(ops.cast(ops.size(squares), "float32"))
        else:
            sample_weight = ops.cast(sample_weight, "float32")
            if len(sample_weight.shape) == 1:
                sample_weight = sample_weight[:, None]
            self.total.assign_add(ops.sum(squares * sample_weight))
            self.count.assign_add(ops.sum(sample_weight))

    def result(self):
        return ops.sqrt(ops.divide_no_nan(self.total, self.count))
