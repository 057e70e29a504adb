def residual_block(x, units):
    skip = x
    if x.shape[-1] != units:
        skip = layers.Dense(units, use_bias=False)(x)
    inner = ops.relu(layers.Dense(units)(x))
    return ops.relu(layers.Dense(units)(inner) + skip)
