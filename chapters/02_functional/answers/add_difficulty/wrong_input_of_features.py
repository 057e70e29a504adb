# message: it is not computed from the output of the layer features, but from something before it
def add_difficulty(model, num_levels=3):
    joined = model.get_layer("features").input
    difficulty = layers.Dense(num_levels, activation="softmax", name="difficulty")(joined)
    return keras.Model(model.inputs, [*model.outputs, difficulty])
