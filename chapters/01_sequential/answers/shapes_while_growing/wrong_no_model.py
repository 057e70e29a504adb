# message: The shapes are right, and there was no model
def shapes_while_growing(input_dim, widths):
    return [(None, units) for units in widths]
