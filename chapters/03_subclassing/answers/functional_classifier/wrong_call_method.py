# message: call it as a layer, head(x), and not a copy of it or its method head.call(x)
def functional_classifier(input_dim, num_classes, head):
    inputs = keras.Input((input_dim,))
    features = layers.Dense(64, activation="relu")(inputs)
    return keras.Model(inputs, head.call(features))
