# message: A shape is a tuple with one entry per axis
def shapes_while_growing(input_dim, widths):
    model = keras.Sequential([keras.Input((input_dim,))])
    sizes = []
    for units in widths:
        model.add(layers.Dense(units))
        sizes.append(model.output_shape[-1])
    return sizes
