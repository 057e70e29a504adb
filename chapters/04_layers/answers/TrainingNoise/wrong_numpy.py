# message: Along axis 0 of the input the same noise is used again and again
class TrainingNoise(layers.Layer):
    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.stddev = stddev
        self.seed = seed
        self.generator = np.random.default_rng(seed)

    def call(self, inputs, training=None):
        if not training:
            return inputs
        return inputs + self.generator.normal(0, self.stddev, inputs.shape[1:]).astype("float32")

    def get_config(self):
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}
