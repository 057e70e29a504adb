# message: take **kwargs in __init__ and pass them on
class ActivityPenalty(layers.Layer):
    def __init__(self, rate):
        super().__init__()
        self.rate = rate

    def call(self, inputs):
        batch_size = ops.cast(ops.shape(inputs)[0], inputs.dtype)
        self.add_loss(self.rate * ops.sum(ops.square(inputs)) / batch_size)
        return inputs
