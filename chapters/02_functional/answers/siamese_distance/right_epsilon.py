def siamese_distance(embedding):
    left = keras.Input(shape=embedding.inputs[0].shape[1:], name="left")
    right = keras.Input(shape=embedding.inputs[0].shape[1:], name="right")
    delta = layers.Subtract()([embedding(left), embedding(right)])
    distance = ops.sqrt(ops.sum(delta**2, axis=1, keepdims=True) + keras.config.epsilon())
    return keras.Model(inputs=[left, right], outputs=distance)
