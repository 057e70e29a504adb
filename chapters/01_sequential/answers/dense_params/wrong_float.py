# message: returned 256.0, a float: a number of weights is an integer.
def dense_params(input_dim, units, use_bias=True):
    return input_dim * units + units * float(use_bias)
