def add_difficulty(model, num_levels=3):
    inputs = [keras.Input(t.shape[1:], name=t.name) for t in model.inputs]
    both = keras.Model(model.inputs, [model.get_layer("features").output, *model.outputs])
    features, *old = both(inputs)
    old = [layers.Identity(name=name)(t) for name, t in zip(model.output_names, old)]
    difficulty = layers.Dense(num_levels, activation=ops.softmax, name="difficulty")(features)
    return keras.Model(inputs, [*old, difficulty])
