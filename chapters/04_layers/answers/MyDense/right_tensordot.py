@keras.utils.register_keras_serializable(name="dense_of_mine")
class MyDense(keras.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = int(units)
        self.activation = activation

    def build(self, batch_input_shape):
        d = batch_input_shape[-1]
        self.bias = self.add_weight(shape=[self.units], initializer=keras.initializers.Zeros())
        self.kernel = self.add_weight(
            shape=[d, self.units], initializer=keras.initializers.HeNormal(), trainable=True
        )
        super().build(batch_input_shape)

    def call(self, x):
        z = tf.tensordot(x, self.kernel, axes=1) + self.bias
        return keras.activations.get(self.activation)(z)

    def compute_output_shape(self, batch_input_shape):
        shape = list(batch_input_shape)
        shape[-1] = self.units
        return tuple(shape)

    def get_config(self):
        config = super().get_config()
        config.update(units=self.units, activation=self.activation)
        return config
