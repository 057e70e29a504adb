# message: The inputs were given to keras.Model as a dict.
def ticket_model(vocabulary_size, num_tags, num_departments):
    title = keras.Input((vocabulary_size,), name="title")
    text_body = keras.Input((vocabulary_size,), name="text_body")
    tags = keras.Input((num_tags,), name="tags")
    features = layers.Dense(64, activation="relu", name="features")(
        layers.Concatenate()([title, text_body, tags])
    )
    priority = layers.Dense(1, activation="sigmoid", name="priority")(features)
    department = layers.Dense(num_departments, activation="softmax", name="department")(features)
    return keras.Model({"title": title, "text_body": text_body, "tags": tags}, [priority, department])
