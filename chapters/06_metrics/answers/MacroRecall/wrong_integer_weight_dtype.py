# message: Weights may be fractions, one for each row.
class MacroRecall(keras.metrics.Metric):
    def __init__(self, num_classes, name="macro_recall", **kwargs):
        super().__init__(name=name, **kwargs)
        self.num_classes = num_classes
        self.matrix = self.add_weight(
            name="matrix", dtype="int32", shape=(num_classes, num_classes), initializer="zeros"
        )

    def update_state(self, y_true, y_pred, sample_weight=None):
        labels = ops.reshape(ops.cast(y_true, "int32"), (-1,))
        truth = ops.one_hot(labels, self.num_classes)
        answers = ops.one_hot(ops.argmax(y_pred, axis=-1), self.num_classes)
        if sample_weight is not None:
            truth = truth * ops.reshape(ops.cast(sample_weight, "float32"), (-1, 1))
        self.matrix.assign_add(ops.cast(ops.matmul(ops.transpose(truth), answers), "int32"))

    def result(self):
        occurred = ops.sum(self.matrix, axis=1)
        recalls = ops.divide_no_nan(ops.diagonal(self.matrix), occurred)
        number = ops.sum(ops.cast(occurred > 0, "float32"))
        return ops.divide_no_nan(ops.sum(recalls), number)

    def get_config(self):
        return {**super().get_config(), "num_classes": self.num_classes}
