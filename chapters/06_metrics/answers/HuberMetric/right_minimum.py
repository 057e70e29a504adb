class HuberMetric(keras.metrics.Metric):
    def __init__(self, threshold=1.0, name="huber", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = float(threshold)
        self.mean = keras.metrics.Mean(name="mean_of_huber")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.cast(y_true, "float32")
        if len(y_true.shape) < len(y_pred.shape):
            y_true = ops.expand_dims(y_true, -1)
        e = ops.abs(y_true - y_pred)
        q = ops.minimum(e, self.threshold)
        values = ops.mean(q * e - 0.5 * q * q, axis=-1)
        if sample_weight is not None and len(sample_weight.shape) == 2:
            sample_weight = sample_weight[:, 0]
        self.mean.update_state(values, sample_weight)

    def result(self):
        return self.mean.result()

    def get_config(self):
        base = super().get_config()
        base["threshold"] = self.threshold
        return base
