# message: it should return three shapes
class SumProductRatio(layers.Layer):
    def call(self, inputs):
        a, b = inputs
        return [a + b, a * b, a / b]

    def compute_output_shape(self, input_shape):
        return input_shape[0]
