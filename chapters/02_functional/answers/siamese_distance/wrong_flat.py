# message: it should be (6, 1): sum with keepdims=True
def siamese_distance(embedding):
    a = keras.Input(embedding.input_shape[1:])
    b = keras.Input(embedding.input_shape[1:])

    squared = ops.sum(ops.square(embedding(a) - embedding(b)), axis=-1)
    return keras.Model([a, b], ops.sqrt(ops.maximum(squared, 1e-7)))
