# message: the head is in training mode all the time
def functional_classifier(input_dim, num_classes, head):
    inputs = keras.Input((input_dim,))
    features = layers.Dense(64, activation="relu")(inputs)
    return keras.Model(inputs, head(features, training=True))
