def add_difficulty(model, num_levels=3):
    x = model.get_layer(name="features").output
    x = layers.Dense(num_levels, name="difficulty_logits")(x)
    x = layers.Softmax(name="difficulty")(x)
    return keras.Model(inputs=model.input, outputs=model.output + [x])
