# message: Shapes are plain tuples
class SumProductRatio(layers.Layer):
    def call(self, inputs):
        a, b = inputs
        return [a + b, a * b, a / b]

    def compute_output_shape(self, input_shape):
        a, b = (shape.as_list() for shape in input_shape)
        return [tuple(max(m, n) for m, n in zip(a, b))] * 3
