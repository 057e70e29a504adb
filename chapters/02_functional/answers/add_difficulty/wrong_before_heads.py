# message: The difficulty changes when layers after features change.
def add_difficulty(model, num_levels=3):
    features = model.layers[-2].input
    difficulty = layers.Dense(num_levels, activation="softmax", name="difficulty")(features)
    return keras.Model(model.inputs, [*model.outputs, difficulty])
