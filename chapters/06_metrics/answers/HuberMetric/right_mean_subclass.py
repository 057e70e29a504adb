class HuberMetric(keras.metrics.Mean):
    def __init__(self, threshold=1.0, name="huber", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold

    def update_state(self, y_true, y_pred, sample_weight=None):
        e = tf.reshape(tf.cast(y_true, tf.float32), tf.shape(y_pred)) - y_pred
        small = tf.abs(e) <= self.threshold
        h = tf.where(small, tf.square(e) / 2, self.threshold * tf.abs(e) - self.threshold**2 / 2)
        return super().update_state(h, sample_weight=sample_weight)

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}
