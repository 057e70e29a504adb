# message: Called with training=True the model gives other results
class TicketModel(keras.Model):
    def __init__(self, num_departments, hidden_units=64):
        super().__init__()
        self.hidden = layers.Dense(hidden_units, activation="relu")
        self.dropout = layers.Dropout(0.5)
        self.priority = layers.Dense(1, activation="sigmoid")
        self.department = layers.Dense(num_departments, activation="softmax")

    def call(self, inputs, training=None):
        x = ops.concatenate([inputs["title"], inputs["text_body"], inputs["tags"]], axis=-1)
        features = self.dropout(self.hidden(x), training=training)
        return self.priority(features), self.department(features)
