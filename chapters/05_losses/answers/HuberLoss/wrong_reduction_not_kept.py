# message: the reduction is
# message: it was 'sum'
class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.threshold = threshold

    def call(self, y_true, y_pred):
        size = ops.abs(y_true - y_pred)
        t = self.threshold
        values = ops.where(size <= t, size**2 / 2, t * size - t**2 / 2)
        return ops.mean(values, axis=tuple(range(1, len(values.shape))))

    def get_config(self):
        return {"name": self.name, "threshold": self.threshold}
