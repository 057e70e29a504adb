# message: has lost threshold=2.5
class HuberMetric(keras.metrics.Mean):
    def __init__(self, threshold=1.0, name="huber", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.reshape(ops.cast(y_true, y_pred.dtype), ops.shape(y_pred))
        e = ops.abs(y_true - y_pred)
        t = self.threshold
        h = ops.where(e < t, 0.5 * e**2, t * (e - 0.5 * t))
        super().update_state(ops.mean(h, axis=-1), sample_weight)

    def get_config(self):
        return {**super().get_config(), "threshold": int(self.threshold)}
