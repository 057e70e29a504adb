# message: it should be one number per feature
@keras.saving.register_keras_serializable()
class Standardize(layers.Layer):
    def build(self, input_shape):
        self.mean = self.add_weight(
            name="mean", shape=(), initializer="zeros", trainable=False
        )
        self.variance = self.add_weight(
            name="variance", shape=(), initializer="ones", trainable=False
        )

    def adapt(self, data):
        if not self.built:
            self.build(data.shape)
        self.mean.assign(np.mean(data, dtype="float64"))
        self.variance.assign(np.var(data, dtype="float64"))

    def call(self, inputs):
        return (inputs - self.mean) / ops.sqrt(self.variance + 1e-7)
