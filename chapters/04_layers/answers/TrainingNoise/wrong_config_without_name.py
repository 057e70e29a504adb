# message: has another name: start get_config from super().get_config()
class TrainingNoise(layers.Layer):
    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.stddev = stddev
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=None):
        if not training:
            return inputs
        return inputs + keras.random.normal(
            ops.shape(inputs), stddev=self.stddev, seed=self.seed_generator
        )

    def get_config(self):
        return {"stddev": self.stddev, "seed": self.seed}
