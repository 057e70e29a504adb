def residual_block(x, units):
    inner = keras.Sequential([layers.Dense(units), layers.ReLU(), layers.Dense(units)])
    if x.shape[-1] == units:
        skip = layers.Identity()(x)
    else:
        skip = layers.Dense(units, activation="linear", use_bias=False)(x)
    return layers.Activation("relu")(layers.add([skip, inner(x)]))
