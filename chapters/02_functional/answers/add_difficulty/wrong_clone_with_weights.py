# message: the rest are copies
def add_difficulty(model, num_levels=3):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    features = copy.get_layer("features").output
    difficulty = layers.Dense(num_levels, activation="softmax", name="difficulty")(features)
    return keras.Model(copy.inputs, [*copy.outputs, difficulty])
