# message: Two layers with seed=123456 differ in draw 1. The sequence should follow from the layer's seed alone.
class TrainingNoise(layers.Layer):
    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.stddev = stddev
        self.seed = seed
        if seed is not None:
            keras.utils.set_random_seed(seed)

    def call(self, inputs, training=None):
        if training:
            noise = keras.random.normal(
                ops.shape(inputs), stddev=self.stddev, seed=None
            )
            inputs = inputs + noise
        return inputs

    def get_config(self):
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}
