# message: a shape is a tuple
class SumProductRatio(layers.Layer):
    def call(self, inputs):
        a, b = inputs
        return [a + b, a * b, a / b]

    def compute_output_shape(self, input_shape):
        a, b = map(list, input_shape)
        rank = max(len(a), len(b))
        a, b = [1] * (rank - len(a)) + a, [1] * (rank - len(b)) + b
        shape = [n if m == 1 else m for m, n in zip(a, b)]
        return [shape, shape, shape]
