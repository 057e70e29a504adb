class ActivationStd(layers.Layer):
    def build(self, input_shape):
        self.tracker = keras.metrics.Mean("activation_std")

    def call(self, inputs):
        self.tracker(tf.math.reduce_std(inputs))
        return tf.identity(inputs)
