# message: The list of widths was [64, 10] before the call and is [] after it.
def sequential_params(input_dim, widths):
    total = 0
    while widths:
        units = widths.pop(0)
        total += input_dim * units + units
        input_dim = units
    return total
