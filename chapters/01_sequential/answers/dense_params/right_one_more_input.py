def dense_params(input_dim, units, use_bias=True):
    return np.int64((input_dim + bool(use_bias)) * units)
