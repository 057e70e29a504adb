# message: these are the kernels without the biases
def sequential_params(input_dim, widths):
    total = 0
    for units in widths:
        total += input_dim * units
        input_dim = units
    return total
