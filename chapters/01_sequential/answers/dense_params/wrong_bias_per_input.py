# message: a kernel of 3 x 64 and a bias of 64.
def dense_params(input_dim, units, use_bias=True):
    return input_dim * units + (input_dim if use_bias else 0)
