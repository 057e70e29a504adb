# message: The layer adds a loss
class ActivationStd(layers.Layer):
    def __init__(self, name="watch", **kwargs):
        super().__init__(name=name, **kwargs)
        self.std = keras.metrics.Mean(name="activation_std")

    def call(self, inputs):
        self.std.update_state(ops.std(inputs))
        self.add_loss(ops.std(inputs))
        return inputs
