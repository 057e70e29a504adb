def sequential_params(input_dim, widths):
    if len(widths) == 0:
        return 0
    first, *rest = widths
    return input_dim * first + first + sequential_params(first, rest)
