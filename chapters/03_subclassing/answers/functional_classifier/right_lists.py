def functional_classifier(input_dim, num_classes, head):
    x_in = layers.Input(shape=(input_dim,))
    x = layers.Dense(64)(x_in)
    x = keras.activations.relu(x)
    return tf.keras.models.Model(inputs=[x_in], outputs=[head(x)])
