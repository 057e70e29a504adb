class ActivationStd(layers.Layer):
    def __init__(self, name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        self.metric = keras.metrics.Mean(name="activation_std")

    def call(self, inputs, training=False):
        if training:
            centred = inputs - ops.mean(inputs)
            self.metric.update_state(ops.sqrt(ops.mean(ops.square(centred))))
        return inputs
