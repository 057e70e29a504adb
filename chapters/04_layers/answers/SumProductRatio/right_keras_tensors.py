class SumProductRatio(keras.layers.Layer):
    def call(self, inputs):
        a, b = inputs[0], inputs[1]
        return tf.add(a, b), tf.multiply(a, b), tf.divide(a, b)

    def compute_output_shape(self, input_shape):
        a, b = (keras.KerasTensor(tuple(shape)) for shape in input_shape)
        return ops.add(a, b).shape, ops.multiply(a, b).shape, ops.divide(a, b).shape
