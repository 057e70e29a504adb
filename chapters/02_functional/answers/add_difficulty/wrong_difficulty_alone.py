# message: The new model has 1 outputs, it should have three
def add_difficulty(model, num_levels=3):
    features = model.get_layer("features").output
    difficulty = layers.Dense(num_levels, activation="softmax", name="difficulty")(features)
    return keras.Model(model.inputs, difficulty)
