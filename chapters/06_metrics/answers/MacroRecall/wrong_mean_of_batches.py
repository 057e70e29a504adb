# message: Your metric averages the results of the batches.
class MacroRecall(keras.metrics.Mean):
    def __init__(self, num_classes, name="macro_recall", **kwargs):
        super().__init__(name=name, **kwargs)
        self.num_classes = num_classes

    def update_state(self, y_true, y_pred, sample_weight=None):
        labels = ops.reshape(ops.cast(y_true, "int32"), (-1,))
        truth = ops.one_hot(labels, self.num_classes)
        answers = ops.one_hot(ops.argmax(y_pred, axis=-1), self.num_classes)
        if sample_weight is not None:
            truth = truth * ops.reshape(ops.cast(sample_weight, "float32"), (-1, 1))
        occurred = ops.sum(truth, axis=0)
        recalls = ops.divide_no_nan(ops.sum(truth * answers, axis=0), occurred)
        super().update_state(
            ops.divide_no_nan(ops.sum(recalls), ops.sum(ops.cast(occurred > 0, "float32")))
        )

    def get_config(self):
        return {**super().get_config(), "num_classes": self.num_classes}
