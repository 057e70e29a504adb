# message: is there a Dropout or another layer in it that was not asked for?
def build_mlp(input_dim, hidden_units, num_classes, name="mlp"):
    model = keras.Sequential([keras.Input((input_dim,))], name=name)
    for i, units in enumerate(hidden_units, start=1):
        model.add(layers.Dense(units, activation="relu", name=f"hidden_{i}"))
    model.add(layers.Dropout(0.5))
    model.add(layers.Dense(num_classes, activation="softmax", name="probabilities"))
    return model
