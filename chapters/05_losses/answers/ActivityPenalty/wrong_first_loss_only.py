# message: Every call adds its penalty
class ActivityPenalty(layers.Layer):
    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate

    def call(self, inputs):
        batch_size = ops.cast(ops.shape(inputs)[0], inputs.dtype)
        if not self.losses:
            self.add_loss(self.rate * ops.sum(ops.square(inputs)) / batch_size)
        return inputs
