# message: no new head, and no Lambda around it
def functional_classifier(input_dim, num_classes, head):
    inputs = keras.Input((input_dim,))
    features = layers.Dense(64, activation="relu")(inputs)
    head.build((None, 64))
    width = 1 if num_classes == 2 else num_classes
    outputs = layers.Lambda(lambda x: head(x), output_shape=(width,))(features)
    return keras.Model(inputs, outputs)
