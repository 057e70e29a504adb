# message: should be (None, 1)
def residual_block(x, units):
    h = layers.Dense(units)(layers.Dense(units, activation="relu")(x))
    if x.shape[-1] != units and units != 1:
        x = layers.Dense(units, use_bias=False)(x)
    return layers.ReLU()(layers.Add()([h, x]))
