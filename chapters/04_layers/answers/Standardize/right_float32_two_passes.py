@keras.saving.register_keras_serializable()
class Standardize(layers.Layer):
    def build(self, input_shape):
        self.variance = self.add_weight(
            shape=input_shape[1:], initializer="ones", trainable=False, name="v"
        )
        self.mean = self.add_weight(
            shape=input_shape[1:], initializer="zeros", trainable=False, name="m"
        )
        super().build(input_shape)

    def adapt(self, data):
        self(data[:1])
        mean = ops.mean(ops.cast(data, "float32"), axis=0)
        self.mean.assign(mean)
        self.variance.assign(ops.mean((ops.cast(data, "float32") - mean) ** 2, axis=0))

    def call(self, inputs):
        return ops.multiply(inputs - self.mean, ops.rsqrt(self.variance + 1e-7))
