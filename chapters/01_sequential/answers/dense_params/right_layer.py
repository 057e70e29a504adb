def dense_params(input_dim, units, use_bias=True):
    layer = layers.Dense(units, use_bias=use_bias)
    layer.build((None, input_dim))
    return layer.count_params()
