class TicketModel(keras.Model):
    def __init__(self, num_departments, hidden_units=64):
        super().__init__()
        self.join = layers.Concatenate()
        self.mixing_layer = layers.Dense(hidden_units)
        self.relu = layers.ReLU()
        self.priority_scorer = layers.Dense(1, activation="sigmoid")
        self.department_classifier = keras.Sequential(
            [layers.Dense(num_departments), layers.Softmax()]
        )

    def call(self, inputs, training=None):
        joined = self.join([inputs[key] for key in ("title", "text_body", "tags")])
        features = self.relu(self.mixing_layer(joined))
        return self.priority_scorer(features), self.department_classifier(features)
