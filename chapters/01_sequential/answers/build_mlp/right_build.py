def build_mlp(input_dim, hidden_units, num_classes, name="mlp"):
    model = keras.models.Sequential(name=name)
    for i in range(len(hidden_units)):
        model.add(layers.Dense(hidden_units[i], activation=tf.nn.relu, name=f"hidden_{i + 1}"))
    model.add(layers.Dense(num_classes, activation=tf.nn.softmax, name="probabilities"))
    model.build((None, input_dim))
    return model
