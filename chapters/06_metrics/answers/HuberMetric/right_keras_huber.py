class HuberMetric(keras.metrics.Metric):
    def __init__(self, threshold=1.0, name="huber", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.s = self.add_weight(initializer="zeros")
        self.n = self.add_weight(initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        values = keras.losses.huber(y_true, y_pred, delta=self.threshold)  # (n,)
        w = ops.ones_like(values) if sample_weight is None else ops.ravel(sample_weight)
        self.s.assign(self.s + ops.sum(w * values))
        self.n.assign(self.n + ops.sum(w))

    def result(self):
        return self.s / self.n

    def reset_state(self):
        for variable in self.variables:
            variable.assign(0.0)

    def get_config(self):
        return {"threshold": self.threshold, "name": self.name, "dtype": self.dtype}
