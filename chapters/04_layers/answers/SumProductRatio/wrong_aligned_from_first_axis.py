# message: Compare the shapes from their last axis
class SumProductRatio(layers.Layer):
    def call(self, inputs):
        a, b = inputs
        return [a + b, a * b, a / b]

    def compute_output_shape(self, input_shape):
        a, b = input_shape
        shape = tuple(n if m == 1 else m for m, n in zip(a, b))
        longer = max(a, b, key=len)
        return [shape + tuple(longer[len(shape) :])] * 3
