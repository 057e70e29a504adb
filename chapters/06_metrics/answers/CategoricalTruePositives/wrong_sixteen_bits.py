# message: In a dtype of 16 bits, 65537 is 1
class CategoricalTruePositives(keras.metrics.Metric):
    def __init__(self, name="c", **kwargs):
        super().__init__(name=name, **kwargs)
        self.n = self.add_weight(name="n", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        hits = ops.cast(
            ops.equal(
                ops.cast(ops.reshape(y_true, (-1,)), "int16"),
                ops.cast(ops.argmax(y_pred, axis=-1), "int16"),
            ),
            "float32",
        )
        if sample_weight is not None:
            hits = hits * ops.cast(ops.reshape(sample_weight, (-1,)), "float32")
        self.n.assign_add(ops.sum(hits))

    def result(self):
        return self.n + 0.0
