# message: There is no layer named hidden_2; the names are
def build_mlp(input_dim, hidden_units, num_classes, name="mlp"):
    model = keras.Sequential([keras.Input((input_dim,))], name=name)
    for i, units in enumerate(hidden_units):
        model.add(layers.Dense(units, activation="relu", name=f"hidden_{i}"))
    model.add(layers.Dense(num_classes, activation="softmax", name="probabilities"))
    return model
