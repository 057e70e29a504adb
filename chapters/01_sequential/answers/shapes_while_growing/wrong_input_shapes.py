# message: the model's *output* shape, looked at after each layer
def shapes_while_growing(input_dim, widths):
    model = keras.Sequential([keras.Input((input_dim,))])
    shapes = []
    for units in widths:
        model.add(layers.Dense(units))
        shapes.append(model.input_shape)
    return shapes
