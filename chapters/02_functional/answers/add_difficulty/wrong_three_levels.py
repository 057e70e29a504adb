# message: With num_levels=5, difficulty has the shape (None, 3)
def add_difficulty(model, num_levels=3):
    features = model.get_layer("features").output
    difficulty = layers.Dense(3, activation="softmax", name="difficulty")(features)
    return keras.Model(model.inputs, [*model.outputs, difficulty])
