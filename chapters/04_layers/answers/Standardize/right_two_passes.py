@keras.saving.register_keras_serializable()
class Standardize(layers.Layer):
    def build(self, input_shape):
        shape = input_shape[1:]
        self.variance = self.add_weight(shape=shape, initializer="ones", trainable=False)
        self.mean = self.add_weight(shape=shape, initializer="zeros", trainable=False)

    def adapt(self, data):
        self(data)
        mean = ops.mean(data, axis=0)
        self.mean.assign(mean)
        self.variance.assign(ops.mean((data - mean) ** 2, axis=0))

    def call(self, inputs):
        return (inputs - self.mean) * ops.rsqrt(self.variance + 1e-7)
