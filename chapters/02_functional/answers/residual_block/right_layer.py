def residual_block(x, units):
    class Block(layers.Layer):
        def __init__(self, units):
            super().__init__()
            self.units = units
            self.second = layers.Dense(units)
            self.first = layers.Dense(units, activation="relu")

        def build(self, input_shape):
            self.bridge = None
            if input_shape[-1] != self.units:
                self.bridge = layers.Dense(self.units, use_bias=False)
                self.bridge.build(input_shape)
            self.first.build(input_shape)
            self.second.build((None, self.units))

        def call(self, inputs):
            skip = inputs if self.bridge is None else self.bridge(inputs)
            return tf.nn.relu(self.second(self.first(inputs)) + skip)

        def compute_output_shape(self, input_shape):
            return (*input_shape[:-1], self.units)

    return Block(units)(x)
