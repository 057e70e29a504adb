# message: a stack without layers has no weights, so it is 0
def sequential_params(input_dim, widths):
    total = sum((a + 1) * b for a, b in zip([input_dim] + widths, widths))
    return total or input_dim
