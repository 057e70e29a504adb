# message: it is twice that: call add_loss once
class ActivityPenalty(layers.Layer):
    def __init__(self, rate, **kwargs):
        super().__init__(activity_regularizer=keras.regularizers.L2(rate), **kwargs)
        self.rate = rate

    def call(self, inputs):
        batch_size = ops.cast(ops.shape(inputs)[0], inputs.dtype)
        self.add_loss(self.rate * ops.sum(ops.square(inputs)) / batch_size)
        return inputs
