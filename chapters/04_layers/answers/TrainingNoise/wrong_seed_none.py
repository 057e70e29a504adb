# message: None means that nobody knows the sequence
class TrainingNoise(layers.Layer):
    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.stddev = stddev
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(0 if seed is None else seed)

    def call(self, inputs, training=None):
        if not training:
            return inputs
        return inputs + keras.random.normal(
            ops.shape(inputs), stddev=self.stddev, seed=self.seed_generator
        )

    def get_config(self):
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}
