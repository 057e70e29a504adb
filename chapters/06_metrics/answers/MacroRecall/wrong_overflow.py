# message: Did a product of labels overflow?
class MacroRecall(keras.metrics.Metric):
    def __init__(self, num_classes, name="macro_recall", **kwargs):
        super().__init__(name=name, **kwargs)
        self.num_classes = num_classes
        self.matrix = self.add_weight(
            name="matrix", shape=(num_classes, num_classes), initializer="zeros"
        )

    def update_state(self, y_true, y_pred, sample_weight=None):
        k = self.num_classes
        labels = tf.reshape(y_true, [-1])
        index = labels * k + tf.cast(tf.argmax(y_pred, axis=-1), labels.dtype)
        cells = tf.one_hot(index, k * k)
        if sample_weight is not None:
            cells = cells * tf.reshape(tf.cast(sample_weight, tf.float32), [-1, 1])
        self.matrix.assign_add(tf.reshape(tf.reduce_sum(cells, axis=0), [k, k]))

    def result(self):
        occurred = ops.sum(self.matrix, axis=1)
        recalls = ops.divide_no_nan(ops.diagonal(self.matrix), occurred)
        number = ops.sum(ops.cast(occurred > 0, "float32"))
        return ops.divide_no_nan(ops.sum(recalls), number)

    def get_config(self):
        return {**super().get_config(), "num_classes": self.num_classes}
