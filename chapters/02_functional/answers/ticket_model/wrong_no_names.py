# message: they should be named title, text_body, tags: pass `name=` to keras.Input
def ticket_model(vocabulary_size, num_tags, num_departments):
    title = keras.Input((vocabulary_size,))
    text_body = keras.Input((vocabulary_size,))
    tags = keras.Input((num_tags,))
    features = layers.Dense(64, activation="relu", name="features")(
        layers.Concatenate()([title, text_body, tags])
    )
    priority = layers.Dense(1, activation="sigmoid", name="priority")(features)
    department = layers.Dense(num_departments, activation="softmax", name="department")(features)
    return keras.Model([title, text_body, tags], [priority, department])
