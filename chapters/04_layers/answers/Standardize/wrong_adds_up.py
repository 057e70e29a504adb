# message: After a second adapt, which should forget the data of the first
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
            self.seen = []
        self.seen.append(data)
        data = np.concatenate(self.seen)
        self.mean.assign(np.mean(data, axis=0, dtype="float64"))
        self.variance.assign(np.var(data, axis=0, dtype="float64"))

    def call(self, inputs):
        return (inputs - self.mean) / ops.sqrt(self.variance + 1e-7)
