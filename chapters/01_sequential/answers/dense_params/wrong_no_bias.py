# message: The bias is missing: one more weight for each unit.
def dense_params(input_dim, units, use_bias=True):
    return input_dim * units
