# message: the old two have lost their names
def add_difficulty(model, num_levels=3):
    features = model.get_layer("features").output
    difficulty = layers.Dense(num_levels, activation="softmax", name="difficulty")(features)
    return keras.Model(model.inputs, [*model(model.inputs), difficulty])
