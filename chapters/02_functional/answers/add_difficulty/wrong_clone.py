# message: than the old one for the same tickets
def add_difficulty(model, num_levels=3):
    model = keras.models.clone_model(model)
    features = model.get_layer("features").output
    difficulty = layers.Dense(num_levels, activation="softmax", name="difficulty")(features)
    return keras.Model(model.inputs, [*model.outputs, difficulty])
