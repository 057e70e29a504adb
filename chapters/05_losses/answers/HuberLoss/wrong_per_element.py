# message: one number per element. `call` should return one loss per sample
class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.threshold = threshold

    def call(self, y_true, y_pred):
        size = ops.abs(y_true - y_pred)
        t = self.threshold
        return ops.where(size <= t, size**2 / 2, t * size - t**2 / 2)

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}
