class MacroRecall(keras.metrics.Metric):
    def __init__(self, num_classes, name="macro_recall", **kwargs):
        super().__init__(name=name, **kwargs)
        self.num_classes = num_classes
        self.cells = self.add_weight(shape=(num_classes**2,), initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        k = self.num_classes
        y_true = ops.cast(ops.ravel(y_true), "int32")
        index = y_true * k + ops.argmax(y_pred, axis=-1)
        weights = ops.ones_like(y_true)
        if sample_weight is not None:
            weights = ops.ravel(sample_weight)
        self.cells.assign_add(ops.segment_sum(weights, index, num_segments=k * k))

    def result(self):
        matrix = ops.reshape(self.cells, (self.num_classes, self.num_classes))
        support = ops.sum(matrix, axis=-1)
        occurred = ops.cast(support > 0, "float32")
        recall = ops.diagonal(matrix) / ops.maximum(support, 1e-9)
        return ops.sum(recall) / ops.maximum(ops.sum(occurred), 1.0)

    def get_config(self):
        return {"num_classes": self.num_classes, **super().get_config()}
