class CategoricalTruePositives(keras.metrics.Metric):
    def __init__(self, name="ctp", **kwargs):
        super().__init__(name=name, **kwargs)
        self.n = self.add_weight(initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = tf.cast(tf.reshape(y_true, [-1]), tf.int64)
        hit = tf.equal(tf.argmax(y_pred, axis=1), y_true)
        w = 1.0
        if sample_weight is not None:
            w = tf.reshape(sample_weight, [-1])
        self.n.assign(self.n + tf.reduce_sum(tf.where(hit, w, 0.0)))

    def result(self):
        return self.n + 0.0

    def reset_state(self):
        self.n.assign(0.0)
