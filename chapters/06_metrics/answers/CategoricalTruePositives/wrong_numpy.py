# message: no NumPy
class CategoricalTruePositives(keras.metrics.Metric):
    def __init__(self, name="ctp", **kwargs):
        super().__init__(name=name, **kwargs)
        self.count = self.add_weight(name="count", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        labels = ops.cast(ops.reshape(y_true, (-1,)), "int32")
        classes = ops.cast(ops.argmax(y_pred, axis=-1), "int32")
        hits = ops.cast(ops.equal(labels, classes), "float32")
        if sample_weight is not None:
            hits = hits * ops.cast(ops.reshape(sample_weight, (-1,)), "float32")
        self.count.assign_add(np.sum(np.asarray(hits)))

    def result(self):
        return self.count + 0.0
