# message: ops.shape(inputs)[0] is the size of the batch at hand
class ActivityPenalty(layers.Layer):
    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate

    def call(self, inputs):
        self.add_loss(self.rate * ops.sum(ops.square(inputs)) / inputs.shape[0])
        return inputs
