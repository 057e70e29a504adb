# message: Only one of the two counts is weighted
class Precision(keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="precision", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.tp = self.add_weight(name="tp", initializer="zeros")
        self.pp = self.add_weight(name="pp", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y = ops.cast(ops.reshape(y_true, (-1,)), "float32")
        p = ops.cast(ops.reshape(y_pred, (-1,)) > self.threshold, "float32")
        w = 1.0
        if sample_weight is not None:
            w = ops.reshape(ops.cast(sample_weight, "float32"), (-1,))
        self.tp.assign_add(ops.sum(w * p * y))
        self.pp.assign_add(ops.sum(p))

    def result(self):
        return ops.divide_no_nan(self.tp, self.pp)

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}
