class ActivityPenalty(layers.Layer):
    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate

    def build(self, input_shape):
        self.built = True

    def call(self, inputs, training=None):
        squares = ops.sum(inputs * inputs, axis=tuple(range(1, len(inputs.shape))))
        self.add_loss(ops.mean(self.rate * squares))
        return 1.0 * inputs

    def compute_output_shape(self, input_shape):
        return input_shape
