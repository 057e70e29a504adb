# message: A tf.Variable or a NumPy array is not tracked
@keras.saving.register_keras_serializable()
class MyDense(layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        start = tf.random.normal((input_shape[-1], self.units))
        self.kernel = tf.Variable(start)
        self.bias = tf.Variable(tf.zeros(self.units))

    def call(self, inputs):
        return self.activation(ops.matmul(inputs, self.kernel) + self.bias)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "activation": keras.activations.serialize(self.activation),
        }
