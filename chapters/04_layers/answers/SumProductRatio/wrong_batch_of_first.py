# message: the batch included
class SumProductRatio(layers.Layer):
    def call(self, inputs):
        a, b = inputs
        return [a + b, a * b, a / b]

    def compute_output_shape(self, input_shape):
        a, b = input_shape
        shape = (a[0], *(max(m, n) for m, n in zip(a[1:], b[1:])))
        return [shape] * 3
