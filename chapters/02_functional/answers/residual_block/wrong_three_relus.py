# message: has a ReLU on the second Dense layer too
def residual_block(x, units):
    skip = x if x.shape[-1] == units else layers.Dense(units, use_bias=False)(x)

    h = layers.Dense(units, activation="relu")(x)
    h = layers.Dense(units, activation="relu")(h)
    return ops.relu(h + skip)
