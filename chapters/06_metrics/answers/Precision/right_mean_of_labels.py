class Precision(keras.metrics.Mean):
    # Precision is the mean label of the predicted positives.
    def __init__(self, threshold=0.5, name="precision", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold

    def update_state(self, y_true, y_pred, sample_weight=None):
        weight = ops.cast(ops.ravel(y_pred) > self.threshold, "float32")
        if sample_weight is not None:
            weight *= ops.ravel(sample_weight)
        super().update_state(y_true, sample_weight=weight)

    def get_config(self):
        return super().get_config() | {"threshold": self.threshold}
