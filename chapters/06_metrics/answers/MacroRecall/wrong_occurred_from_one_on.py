# message: Together they may be less than 1: only a sum of 0 needs care.
class MacroRecall(keras.metrics.Metric):
    def __init__(self, num_classes, name="macro_recall", **kwargs):
        super().__init__(name=name, **kwargs)
        self.num_classes = num_classes
        self.m = self.add_weight(name="m", shape=(num_classes, num_classes), initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y = ops.cast(ops.reshape(y_true, (-1,)), "int32")
        t = ops.one_hot(y, self.num_classes)
        a = ops.one_hot(ops.argmax(y_pred, axis=-1), self.num_classes)
        if sample_weight is not None:
            t = t * ops.cast(ops.reshape(sample_weight, (-1, 1)), "float32")
        self.m.assign_add(ops.matmul(ops.transpose(t), a))

    def result(self):
        rows = ops.sum(self.m, axis=1)
        r = ops.diagonal(self.m) / (rows + 1e-7)
        return ops.sum(r) / (ops.sum(ops.cast(rows >= 1, "float32")) + 1e-7)

    def get_config(self):
        return {**super().get_config(), "num_classes": self.num_classes}
