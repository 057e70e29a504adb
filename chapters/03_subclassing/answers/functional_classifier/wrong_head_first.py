# message: should have those of one Dense layer with 64 units
def functional_classifier(input_dim, num_classes, head):
    inputs = keras.Input((input_dim,))
    return keras.Model(inputs, head(inputs))
