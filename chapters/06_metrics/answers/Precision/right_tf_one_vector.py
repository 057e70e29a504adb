class Precision(keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="precision", **kwargs):
        super().__init__(name=name, **kwargs)
        self._cut = threshold
        self.counts = self.add_weight(shape=(2,), initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y = tf.reshape(tf.cast(y_true, tf.bool), [-1])
        chosen = tf.reshape(y_pred, [-1]) > self._cut
        w = tf.ones_like(y, dtype=tf.float32)
        if sample_weight is not None:
            w = sample_weight
        right = tf.reduce_sum(tf.boolean_mask(w, chosen & y))
        wrong = tf.reduce_sum(tf.boolean_mask(w, chosen & ~y))
        self.counts.assign_add([right, wrong])

    def result(self):
        right, wrong = self.counts[0], self.counts[1]
        return tf.cond(right > 0, lambda: right / (right + wrong), lambda: 0.0)

    def get_config(self):
        config = super().get_config()
        config.update(threshold=self._cut)
        return config
