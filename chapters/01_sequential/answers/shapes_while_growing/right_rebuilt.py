def shapes_while_growing(input_dim, widths):
    model = keras.Sequential()
    result = []
    for units in widths:
        model.add(layers.Dense(units))
        result.append(model.compute_output_shape((None, input_dim)))
    return result
