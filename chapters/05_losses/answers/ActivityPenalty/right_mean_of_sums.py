class ActivityPenalty(layers.Layer):
    def __init__(self, rate, name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        self.factor = rate

    def call(self, x):
        per_sample = tf.reduce_sum(tf.reshape(x, (tf.shape(x)[0], -1)) ** 2, axis=1)
        self.add_loss(tf.reduce_mean(per_sample) * self.factor)
        return x

    def get_config(self):
        return {**super().get_config(), "rate": self.factor}
