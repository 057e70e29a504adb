# message: shapes_while_growing returned None: is a `return` missing?
def shapes_while_growing(input_dim, widths):
    model = keras.Sequential([keras.Input((input_dim,))])
    for units in widths:
        model.add(layers.Dense(units))
        print(model.output_shape)
