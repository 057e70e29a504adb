class TrainingNoise(layers.Layer):
    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.stddev = float(stddev)
        self.seed = seed
        self.first = np.random.randint(2**31) if seed is None else seed
        self.calls = self.add_weight(
            shape=(), dtype="int32", initializer="zeros", trainable=False, name="calls"
        )

    def call(self, inputs, training=None):
        if training is None or training is False:
            return inputs
        self.calls.assign_add(1)
        seed = tf.stack([tf.constant(self.first, tf.int32), tf.convert_to_tensor(self.calls)])
        return inputs + self.stddev * tf.random.stateless_normal(tf.shape(inputs), seed)

    def get_config(self):
        config = super().get_config()
        config["stddev"] = self.stddev
        config["seed"] = self.seed
        return config
