# message: is not a Functional model: it has no symbolic inputs
def functional_classifier(input_dim, num_classes, head):
    model = keras.Sequential([layers.Dense(64, activation="relu"), head])
    return model
