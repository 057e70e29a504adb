# message: Two layers were added, so there should be two shapes
def shapes_while_growing(input_dim, widths):
    model = keras.Sequential([keras.Input((input_dim,)), *[layers.Dense(w) for w in widths]])
    return [model.output_shape]
