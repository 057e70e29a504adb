# message: None stands for a batch size that is not known
class SumProductRatio(layers.Layer):
    def call(self, inputs):
        a, b = inputs
        return [a + b, a * b, a / b]

    def compute_output_shape(self, input_shape):
        return [np.broadcast_shapes(*map(tuple, input_shape))] * 3
