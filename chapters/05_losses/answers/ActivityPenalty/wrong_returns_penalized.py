# message: they should pass through unchanged
class ActivityPenalty(layers.Layer):
    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate

    def call(self, inputs):
        batch_size = ops.cast(ops.shape(inputs)[0], inputs.dtype)
        penalty = self.rate * ops.sum(ops.square(inputs)) / batch_size
        self.add_loss(penalty)
        return inputs + penalty
