# message: the one that brings the skip from 1 to 5 numbers
def residual_block(x, units):
    h = layers.Dense(units)(layers.Dense(units, activation="relu")(x))
    try:
        return ops.relu(h + x)
    except ValueError:
        return ops.relu(h + layers.Dense(units, use_bias=False)(x))
