# message: In `fit` every step adds the same noise.
class TrainingNoise(layers.Layer):
    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.stddev = stddev
        self.seed = seed
        self.generator = np.random.default_rng(seed)

    def call(self, inputs, training=None):
        if not training:
            return inputs
        seed = int(self.generator.integers(2**31))
        return inputs + keras.random.normal(ops.shape(inputs), stddev=self.stddev, seed=seed)

    def get_config(self):
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}
