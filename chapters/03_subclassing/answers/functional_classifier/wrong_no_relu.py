# message: has no activation: it should have ReLU
def functional_classifier(input_dim, num_classes, head):
    inputs = keras.Input((input_dim,))
    return keras.Model(inputs, head(layers.Dense(64)(inputs)))
