# message: Call the same `embedding` on both inputs; a copy has weights of its own
def siamese_distance(embedding):
    a = keras.Input(embedding.input_shape[1:])
    b = keras.Input(embedding.input_shape[1:])

    twin = keras.models.clone_model(embedding)
    squared = ops.sum(ops.square(embedding(a) - twin(b)), axis=-1, keepdims=True)
    return keras.Model([a, b], ops.sqrt(ops.maximum(squared, 1e-7)))
