def siamese_distance(embedding):
    class Distance(layers.Layer):
        def call(self, u, v):
            squared = ops.sum(ops.square(u - v), axis=-1)
            positive = squared > 0
            safe = ops.where(positive, squared, 1.0)
            return ops.expand_dims(ops.where(positive, ops.sqrt(safe), 0.0), -1)

    left, right = keras.Input(embedding.input_shape[1:]), keras.Input(embedding.input_shape[1:])
    return keras.Model([left, right], Distance()(embedding(left), embedding(right)))
