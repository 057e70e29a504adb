# message: The output is the root of the *mean* of the squared differences
def siamese_distance(embedding):
    a = keras.Input(embedding.input_shape[1:])
    b = keras.Input(embedding.input_shape[1:])

    squared = ops.mean(ops.square(embedding(a) - embedding(b)), axis=-1, keepdims=True)
    return keras.Model([a, b], ops.sqrt(ops.maximum(squared, 1e-7)))
