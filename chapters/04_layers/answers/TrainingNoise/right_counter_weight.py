class TrainingNoise(layers.Layer):
    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.stddev = stddev
        self.seed = seed
        self.first = id(self) if seed is None else seed
        self.calls = keras.Variable(0)

    def call(self, inputs, training=None):
        if training is None or training is False:
            return inputs
        self.calls.assign_add(1)
        seed = [self.first, self.calls.value]
        return inputs + self.stddev * tf.random.stateless_normal(tf.shape(inputs), seed)

    def get_config(self):
        config = super().get_config()
        config["stddev"] = self.stddev
        config["seed"] = self.seed
        return config
