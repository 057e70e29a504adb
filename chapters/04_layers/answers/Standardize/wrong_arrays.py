# message: Mean and variance should be weights of the layer
@keras.saving.register_keras_serializable()
class Standardize(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.mean, self.variance = 0.0, 1.0

    def adapt(self, data):
        self.mean = data.mean(axis=0).astype("float32")
        self.variance = data.var(axis=0).astype("float32")

    def call(self, inputs):
        return (inputs - self.mean) / ops.sqrt(self.variance + 1e-7)
