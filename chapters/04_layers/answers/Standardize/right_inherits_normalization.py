@keras.saving.register_keras_serializable()
class Standardize(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.statistics = layers.Normalization()

    def build(self, input_shape):
        self.statistics.build(input_shape)

    @property
    def mean(self):
        return self.statistics.adapt_mean

    @property
    def variance(self):
        return self.statistics.adapt_variance

    def adapt(self, data):
        if not self.built:
            self.build(data.shape)
        self.statistics.adapt(data)

    def call(self, inputs):
        return (inputs - self.mean) / (self.variance + 1e-7) ** 0.5
