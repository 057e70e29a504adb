def functional_classifier(input_dim, num_classes, head):
    return keras.Sequential(
        [keras.Input((input_dim,)), layers.Dense(64, activation="relu"), head]
    )
