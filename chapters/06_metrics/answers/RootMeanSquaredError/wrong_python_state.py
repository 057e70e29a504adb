# message: The state is not all in Keras weights
class RootMeanSquaredError(keras.metrics.Metric):
    def __init__(self, name="rmse", **kwargs):
        super().__init__(name=name, **kwargs)
        self.total = 0.0
        self.count = 0.0

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.reshape(ops.cast(y_true, "float32"), ops.shape(y_pred))
        squares = ops.square(y_true - y_pred)
        weights = ops.ones_like(squares)
        if sample_weight is not None:
            sample_weight = ops.cast(sample_weight, "float32")
            weights = weights * (sample_weight[:, None] if len(sample_weight.shape) == 1 else sample_weight)
        self.total = self.total + ops.sum(squares * weights)
        self.count = self.count + ops.sum(weights)

    def result(self):
        return ops.sqrt(ops.divide_no_nan(self.total, self.count))

    def reset_state(self):
        self.total = 0.0
        self.count = 0.0
