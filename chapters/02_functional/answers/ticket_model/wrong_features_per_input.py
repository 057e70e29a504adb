# message: Join the three inputs first
def ticket_model(vocabulary_size, num_tags, num_departments):
    title = keras.Input((vocabulary_size,), name="title")
    text_body = keras.Input((vocabulary_size,), name="text_body")
    tags = keras.Input((num_tags,), name="tags")
    dense = [layers.Dense(64, activation="relu")(x) for x in (title, text_body, tags)]
    features = layers.Dense(64, activation="relu", name="features")(layers.Concatenate()(dense))
    priority = layers.Dense(1, activation="sigmoid", name="priority")(features)
    department = layers.Dense(num_departments, activation="softmax", name="department")(features)
    return keras.Model([title, text_body, tags], [priority, department])
