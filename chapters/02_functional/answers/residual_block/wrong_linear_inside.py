# message: has no ReLU between the two Dense layers
def residual_block(x, units):
    skip = x if x.shape[-1] == units else layers.Dense(units, use_bias=False)(x)

    h = layers.Dense(units)(layers.Dense(units)(x))
    return ops.relu(h + skip)
