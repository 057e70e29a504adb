# message: x does not get past the two layers
def residual_block(x, units):
    h = layers.Dense(units, activation="relu")(x)
    return layers.Dense(units, activation="relu")(h)
