# message: calls the head 2 times in one forward pass
def functional_classifier(input_dim, num_classes, head):
    inputs = keras.Input((input_dim,))
    features = layers.Dense(64, activation="relu")(inputs)
    outputs = layers.Average()([head(features), head(features)])
    return keras.Model(inputs, outputs)
