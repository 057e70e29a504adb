def build_mlp(input_dim, hidden_units, num_classes, name="mlp"):
    stack = [layers.Input(shape=(input_dim,), name="pixels")]
    stack += [
        layers.Dense(units, "relu", name="hidden_" + str(number + 1))
        for number, units in enumerate(hidden_units)
    ]
    stack.append(layers.Dense(num_classes, activation=keras.activations.softmax, name="probabilities"))
    return keras.Sequential(stack, name=name)
