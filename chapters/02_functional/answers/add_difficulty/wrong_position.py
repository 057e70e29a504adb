# message: it is not computed from the output of the layer features, but from something before it
def add_difficulty(model, num_levels=3):
    features = model.layers[4].output
    difficulty = layers.Dense(num_levels, activation="softmax", name="difficulty")(features)
    return keras.Model(model.inputs, [*model.outputs, difficulty])
