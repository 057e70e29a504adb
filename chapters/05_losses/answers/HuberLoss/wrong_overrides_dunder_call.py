# message: HuberLoss cannot be called with sample_weight
class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.threshold = threshold

    def __call__(self, y_true, y_pred):
        size = ops.abs(y_true - y_pred)
        t = self.threshold
        values = ops.where(size <= t, size**2 / 2, t * size - t**2 / 2)
        values = ops.mean(values, axis=tuple(range(1, len(values.shape))))
        return values if self.reduction in ("none", None) else ops.mean(values)

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}
