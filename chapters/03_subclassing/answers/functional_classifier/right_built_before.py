def functional_classifier(input_dim, num_classes, head):
    head(keras.Input([64]))
    body = keras.Sequential([layers.Dense(64), layers.ReLU(), head])
    inputs = keras.Input(shape=[input_dim])
    return keras.Model(inputs=inputs, outputs=body(inputs))
