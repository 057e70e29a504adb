def ticket_model(vocabulary_size, num_tags, num_departments):
    widths = {"title": vocabulary_size, "text_body": vocabulary_size, "tags": num_tags}
    inputs = [layers.Input(shape=(width,), name=name) for name, width in widths.items()]
    x = layers.Dense(64, keras.activations.relu, name="features")(ops.concatenate(inputs, axis=-1))
    logit = layers.Dense(1)(x)
    logits = layers.Dense(num_departments)(x)
    return keras.Model(
        inputs=inputs,
        outputs=[
            layers.Activation("sigmoid", name="priority")(logit),
            layers.Softmax(name="department")(logits),
        ],
        name="tickets",
    )
