def siamese_distance(embedding):
    def distance(pair):
        u, v = pair
        squared = tf.reduce_sum(tf.math.squared_difference(u, v), axis=-1, keepdims=True)
        return tf.sqrt(tf.maximum(squared, 1e-10))

    inputs = [keras.Input(embedding.input.shape[1:]) for _ in range(2)]
    output = layers.Lambda(distance, output_shape=(1,))([embedding(x) for x in inputs])
    return keras.Model(inputs, output)
