# message: an axis that is missing or 1 takes the other's size
class SumProductRatio(layers.Layer):
    def call(self, inputs):
        a, b = inputs
        return [a + b, a * b, a / b]

    def compute_output_shape(self, input_shape):
        return [input_shape[0]] * 3
