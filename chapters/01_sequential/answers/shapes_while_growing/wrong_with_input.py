# message: Note one shape after each layer, and none before the first.
def shapes_while_growing(input_dim, widths):
    model = keras.Sequential([keras.Input((input_dim,))])
    shapes = [(None, input_dim)]
    for units in widths:
        model.add(layers.Dense(units))
        shapes.append(model.output_shape)
    return shapes
