class MacroRecall(keras.metrics.Metric):
    def __init__(self, num_classes, name="macro_recall", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.num_classes = num_classes
        self.found = self.add_weight(shape=(num_classes,), initializer="zeros")
        self.occurred = self.add_weight(shape=(num_classes,), initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        labels = tf.cast(tf.reshape(y_true, (-1,)), tf.int64)
        hits = tf.cast(labels == tf.argmax(y_pred, axis=-1), tf.float32)
        w = 1.0 if sample_weight is None else tf.reshape(sample_weight, (-1,))
        members = [tf.cast(labels == c, tf.float32) for c in range(self.num_classes)]
        self.occurred.assign_add([tf.reduce_sum(m * w) for m in members])
        self.found.assign_add([tf.reduce_sum(m * hits * w) for m in members])

    def result(self):
        recalls = tf.math.divide_no_nan(self.found.value, self.occurred.value)
        return tf.math.divide_no_nan(
            tf.reduce_sum(recalls), tf.math.count_nonzero(self.occurred.value, dtype=tf.float32)
        )

    def reset_state(self):
        self.found.assign(tf.zeros(self.num_classes))
        self.occurred.assign(tf.zeros(self.num_classes))

    def get_config(self):
        return {**super().get_config(), "num_classes": self.num_classes}
