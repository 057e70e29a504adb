# message: hidden_units may be a list, a tuple or a range
def build_mlp(input_dim, hidden_units, num_classes, name="mlp"):
    model = keras.Sequential([keras.Input((input_dim,))], name=name)
    for i, units in enumerate(hidden_units + [num_classes], start=1):
        last = i == len(hidden_units) + 1
        model.add(
            layers.Dense(
                units,
                activation="softmax" if last else "relu",
                name="probabilities" if last else f"hidden_{i}",
            )
        )
    return model
