# message: Your metric averages the precision of the batches, 80 % and 0 %.
class Precision(keras.metrics.Mean):
    def __init__(self, threshold=0.5, name="precision", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold

    def update_state(self, y_true, y_pred, sample_weight=None):
        y = ops.cast(ops.reshape(y_true, (-1,)), "float32")
        p = ops.cast(ops.reshape(y_pred, (-1,)) > self.threshold, "float32")
        super().update_state(ops.divide_no_nan(ops.sum(p * y), ops.sum(p)))

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}
