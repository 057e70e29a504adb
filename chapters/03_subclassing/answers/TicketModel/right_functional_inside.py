class TicketModel(keras.Model):
    def __init__(self, num_departments, hidden_units=64):
        super().__init__()
        self.hidden = layers.Dense(hidden_units, activation=keras.activations.relu)
        features = keras.Input((hidden_units,))
        self.heads = keras.Model(
            features,
            (
                layers.Dense(1, activation="sigmoid")(features),
                layers.Dense(num_departments, activation="softmax")(features),
            ),
        )

    def call(self, inputs):
        title, body, tags = inputs["title"], inputs["text_body"], inputs["tags"]
        priority, department = self.heads(self.hidden(ops.hstack([title, body, tags])))
        return priority, department
