# message: The skip is added, not concatenated.
def residual_block(x, units):
    h = layers.Dense(units, activation="relu")(x)
    h = layers.Dense(units)(h)
    return layers.Concatenate()([h, x])
