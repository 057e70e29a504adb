class ActivityPenalty(layers.Layer):
    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate

    def call(self, inputs):
        squares = ops.sum(inputs * inputs, axis=range(1, len(inputs.shape)))
        self.add_loss(ops.mean(self.rate * squares))
        return inputs
