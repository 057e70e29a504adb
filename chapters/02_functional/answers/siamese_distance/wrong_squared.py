# message: The output is the squared distance: the square root is missing.
def siamese_distance(embedding):
    a = keras.Input(embedding.input_shape[1:])
    b = keras.Input(embedding.input_shape[1:])

    squared = ops.sum(ops.square(embedding(a) - embedding(b)), axis=-1, keepdims=True)
    return keras.Model([a, b], squared)
