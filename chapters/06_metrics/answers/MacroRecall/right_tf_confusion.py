class MacroRecall(keras.metrics.Metric):
    def __init__(self, num_classes, name="macro_recall", **kwargs):
        super().__init__(name=name, **kwargs)
        self.num_classes = num_classes
        self.cm = self.add_weight(shape=(num_classes, num_classes), initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        w = None if sample_weight is None else tf.reshape(sample_weight, [-1])
        self.cm.assign_add(
            tf.math.confusion_matrix(
                y_true, tf.argmax(y_pred, 1), self.num_classes, w, tf.float32
            )
        )

    def result(self):
        rows = tf.reduce_sum(self.cm, axis=1)
        seen = rows > 0
        recalls = tf.boolean_mask(tf.linalg.diag_part(self.cm), seen) / tf.boolean_mask(rows, seen)
        return tf.math.divide_no_nan(tf.reduce_sum(recalls), tf.cast(tf.size(recalls), tf.float32))

    def get_config(self):
        config = super().get_config()
        config["num_classes"] = self.num_classes
        return config
