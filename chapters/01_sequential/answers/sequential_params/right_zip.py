def sequential_params(input_dim, widths):
    sizes = [input_dim, *widths]
    return sum((d + 1) * u for d, u in zip(sizes, sizes[1:]))
