# message: every layer was counted as if it were fed the model's input
def sequential_params(input_dim, widths):
    return sum(input_dim * units + units for units in widths)
