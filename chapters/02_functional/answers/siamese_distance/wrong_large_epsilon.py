# message: the number that keeps the root away from 0 is too large
def siamese_distance(embedding):
    a = keras.Input(embedding.input_shape[1:])
    b = keras.Input(embedding.input_shape[1:])

    squared = ops.sum(ops.square(embedding(a) - embedding(b)), axis=-1, keepdims=True)
    return keras.Model([a, b], ops.sqrt(ops.maximum(squared, 1e-3)))
