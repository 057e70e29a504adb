class RootMeanSquaredError(keras.metrics.Metric):
    def __init__(self, name="rmse", **kwargs):
        super().__init__(name=name, **kwargs)
        self.weighted_squares = keras.metrics.Sum()
        self.weights_seen = keras.metrics.Sum()

    def update_state(self, y_true, y_pred, sample_weight=None):
        if len(y_true.shape) == 1:
            y_true = ops.expand_dims(y_true, -1)
        squares = (ops.cast(y_true, "float32") - ops.cast(y_pred, "float32")) ** 2
        w = ops.ones_like(squares)
        if sample_weight is not None:
            sample_weight = ops.convert_to_tensor(sample_weight, "float32")
            if len(sample_weight.shape) == 1:
                sample_weight = sample_weight[:, None]
            w = w * sample_weight
        self.weighted_squares.update_state(squares * w)
        self.weights_seen.update_state(w)

    def result(self):
        count = self.weights_seen.result()
        mean = self.weighted_squares.result() / ops.where(count == 0, 1.0, count)
        return mean**0.5
