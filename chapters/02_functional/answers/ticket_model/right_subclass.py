class Tickets(keras.Model):
    def __init__(self, vocabulary_size, num_tags, num_departments):
        sizes = [("title", vocabulary_size), ("text_body", vocabulary_size), ("tags", num_tags)]
        inputs = [keras.Input(shape=[size], name=name) for name, size in sizes]
        h = layers.Concatenate(name="all")(inputs)
        h = layers.Dense(units=64, activation=tf.nn.relu, name="features")(h)
        heads = [
            layers.Dense(1, "sigmoid", name="priority"),
            layers.Dense(num_departments, "softmax", name="department"),
        ]
        super().__init__(inputs=inputs, outputs=[head(h) for head in heads])


def ticket_model(vocabulary_size, num_tags, num_departments):
    return Tickets(vocabulary_size, num_tags, num_departments)
