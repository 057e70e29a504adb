# message: returned 906.0, a float: a number of weights is an integer.
def sequential_params(input_dim, widths):
    total = 0.0
    for units in widths:
        total += input_dim * units + units
        input_dim = units
    return total
