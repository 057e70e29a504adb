# message: is a `return` missing?
def dense_params(input_dim, units, use_bias=True):
    print(input_dim * units + units * use_bias)
