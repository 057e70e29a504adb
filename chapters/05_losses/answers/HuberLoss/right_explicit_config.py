class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        self.threshold = threshold
        super().__init__(**kwargs)

    def call(self, y_true, y_pred):
        e = y_true - y_pred
        inside = tf.clip_by_value(e, -self.threshold, self.threshold)
        values = inside * (e - inside / 2)
        return ops.mean(ops.reshape(values, (ops.shape(values)[0], -1)), axis=1)

    def get_config(self):
        return {"threshold": self.threshold, "name": self.name, "reduction": self.reduction}
