# message: The model has no weights. Layers that are made inside `call`
class TicketModel(keras.Model):
    def __init__(self, num_departments, hidden_units=64):
        super().__init__()
        self.num_departments = num_departments
        self.hidden_units = hidden_units

    def call(self, inputs):
        x = ops.concatenate([inputs["title"], inputs["text_body"], inputs["tags"]], axis=-1)
        features = layers.Dense(self.hidden_units, activation="relu")(x)
        priority = layers.Dense(1, activation="sigmoid")(features)
        return priority, layers.Dense(self.num_departments, activation="softmax")(features)
