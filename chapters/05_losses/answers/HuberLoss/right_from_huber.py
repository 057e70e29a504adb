class HuberLoss(keras.losses.Huber):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(delta=threshold, **kwargs)
        self.threshold = threshold

    def call(self, y_true, y_pred):
        values = super().call(y_true, y_pred)
        return ops.mean(values, axis=tuple(range(1, values.ndim)))

    def get_config(self):
        return {"threshold": self.threshold, "name": self.name, "reduction": self.reduction}
