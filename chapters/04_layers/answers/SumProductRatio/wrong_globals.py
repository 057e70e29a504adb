# message: The layer cannot be called
class SumProductRatio(layers.Layer):
    def call(self, inputs):
        return [a + b, a * b, a / b]

    def compute_output_shape(self, input_shape):
        a, b = input_shape
        rank = max(len(a), len(b))
        a = (1,) * (rank - len(a)) + tuple(a)
        b = (1,) * (rank - len(b)) + tuple(b)
        return [tuple(n if m == 1 else m for m, n in zip(a, b))] * 3
