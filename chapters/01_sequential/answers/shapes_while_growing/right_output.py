def shapes_while_growing(input_dim, widths):
    model = keras.Sequential()
    model.add(keras.Input(shape=(input_dim,)))
    shapes = []
    for units in widths:
        model.add(layers.Dense(units, activation="relu"))
        shapes.append(tuple(model.outputs[0].shape))
    return shapes
