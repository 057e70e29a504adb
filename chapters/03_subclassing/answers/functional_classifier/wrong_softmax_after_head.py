# message: should have one output of shape (None, 1), that of the head
def functional_classifier(input_dim, num_classes, head):
    inputs = keras.Input((input_dim,))
    features = layers.Dense(64, activation="relu")(inputs)
    outputs = layers.Dense(num_classes, activation="softmax")(head(features))
    return keras.Model(inputs, outputs)
