# message: is not finite in a graph that XLA compiles
def siamese_distance(embedding):
    a = keras.Input(embedding.input_shape[1:])
    b = keras.Input(embedding.input_shape[1:])
    squared = ops.sum(ops.square(embedding(a) - embedding(b)), axis=-1, keepdims=True)
    return keras.Model([a, b], ops.where(squared > 0, ops.sqrt(squared), 0.0))
