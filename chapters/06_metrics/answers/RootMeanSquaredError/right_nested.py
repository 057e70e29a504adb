class RootMeanSquaredError(keras.metrics.Metric):
    def __init__(self, name="rmse", **kwargs):
        super().__init__(name=name, **kwargs)
        self.weighted_squares = keras.metrics.Sum()
        self.weights_seen = keras.metrics.Sum()

    def update_state(self, y_true, y_pred, sample_weight=None):
        if len(y_true.shape) == 1:
            y_true = ops.expand_dims(y_true, -1)
        squares = (ops.cast(y_true, "float32") - y_pred) ** 2
        w = ops.ones_like(squares)
        if sample_weight is not None:
            if len(sample_weight.shape) == 1:
                sample_weight = sample_weight[:, None]
            w = w * sample_weight
        self.weighted_squares.update_state(squares * w)
        self.weights_seen.update_state(w)

    def result(self):
        mean = self.weighted_squares.result() / self.weights_seen.result()
        return ops.nan_to_num(mean**0.5)
