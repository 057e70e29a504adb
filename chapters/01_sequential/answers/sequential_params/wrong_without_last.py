# message: returned 256, it is 256 + 650 = 906
def sequential_params(input_dim, widths):
    total = 0
    for units in widths[:-1]:
        total += input_dim * units + units
        input_dim = units
    return total
