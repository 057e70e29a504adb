def sequential_params(input_dim, widths):
    model = keras.Sequential([keras.Input((input_dim,))] + [layers.Dense(w) for w in widths])
    return sum(int(np.prod(w.shape)) for w in model.weights)
