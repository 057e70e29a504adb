class HuberLoss(keras.losses.Loss):
    def __init__(self, threshold=1.0, name=None, reduction="sum_over_batch_size", dtype=None):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self._t = threshold

    def call(self, y_true, y_pred):
        values = keras.losses.huber(y_true, y_pred, self._t)
        return tf.reduce_mean(values, axis=range(1, len(values.shape)))

    def get_config(self):
        config = super().get_config()
        config.update(threshold=self._t)
        return config
