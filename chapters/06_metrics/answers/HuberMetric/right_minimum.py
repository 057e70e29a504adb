class HuberMetric(keras.metrics.Metric):
    def __init__(self, threshold=1.0, name="huber", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.mean = keras.metrics.Mean()

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.cast(y_true, "float32")
        if len(y_true.shape) < len(y_pred.shape):
            y_true = ops.expand_dims(y_true, -1)
        e = ops.abs(y_true - y_pred)
        q = ops.minimum(e, self.threshold)
        self.mean.update_state(q * e - 0.5 * q * q, sample_weight)

    def result(self):
        return self.mean.result()

    def get_config(self):
        base = super().get_config()
        base["threshold"] = self.threshold
        return base
