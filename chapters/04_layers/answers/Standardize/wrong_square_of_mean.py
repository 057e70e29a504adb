# message: The mean of squares minus the square of the mean loses all digits here
@keras.saving.register_keras_serializable()
class Standardize(layers.Layer):
    def build(self, input_shape):
        self.mean = self.add_weight(
            name="mean", shape=(input_shape[-1],), initializer="zeros", trainable=False
        )
        self.variance = self.add_weight(
            name="variance", shape=(input_shape[-1],), initializer="ones", trainable=False
        )

    def adapt(self, data):
        if not self.built:
            self.build(data.shape)
        data = ops.cast(data, "float32")
        mean = ops.mean(data, axis=0)
        self.mean.assign(mean)
        self.variance.assign(ops.mean(ops.square(data), axis=0) - ops.square(mean))

    def call(self, inputs):
        return (inputs - self.mean) / ops.sqrt(self.variance + 1e-7)
