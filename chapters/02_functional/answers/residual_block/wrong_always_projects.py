# message: Where the widths agree, the skip is x itself.
def residual_block(x, units):
    h = layers.Dense(units, activation="relu")(x)
    h = layers.Dense(units)(h)
    return ops.relu(h + layers.Dense(units, use_bias=False)(x))
