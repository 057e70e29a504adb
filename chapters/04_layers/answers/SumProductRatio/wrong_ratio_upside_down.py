# message: The third output is b / a
class SumProductRatio(layers.Layer):
    def call(self, inputs):
        a, b = inputs
        return [a + b, a * b, b / a]

    def compute_output_shape(self, input_shape):
        a, b = (list(shape) for shape in input_shape)
        while len(a) < len(b):
            a.insert(0, 1)
        while len(b) < len(a):
            b.insert(0, 1)
        shape = tuple(n if m == 1 else m for m, n in zip(a, b))
        return [shape, shape, shape]
