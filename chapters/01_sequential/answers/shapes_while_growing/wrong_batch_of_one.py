# message: the first entry should be None, since a model takes any batch size
def shapes_while_growing(input_dim, widths):
    x = np.zeros((1, input_dim))
    shapes = []
    for units in widths:
        x = layers.Dense(units)(x)
        shapes.append(tuple(x.shape))
    return shapes
