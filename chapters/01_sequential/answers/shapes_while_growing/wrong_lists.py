# message: each shape should be a tuple, as `model.output_shape` is, not a list
def shapes_while_growing(input_dim, widths):
    model = keras.Sequential([keras.Input((input_dim,))])
    shapes = []
    for units in widths:
        model.add(layers.Dense(units))
        shapes.append(list(model.output_shape))
    return shapes
