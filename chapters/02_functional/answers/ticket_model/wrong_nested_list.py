# message: There is a list in the list of inputs or outputs
def ticket_model(vocabulary_size, num_tags, num_departments):
    title = keras.Input((vocabulary_size,), name="title")
    text_body = keras.Input((vocabulary_size,), name="text_body")
    tags = keras.Input((num_tags,), name="tags")
    features = layers.Dense(64, activation="relu", name="features")(
        layers.Concatenate()([title, text_body, tags])
    )
    priority = layers.Dense(1, activation="sigmoid", name="priority")(features)
    department = layers.Dense(num_departments, activation="softmax", name="department")(features)
    return keras.Model([title, text_body, tags], [[priority, department]])
