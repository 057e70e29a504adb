# message: the order of `inputs.values()` means nothing
class TicketModel(keras.Model):
    def __init__(self, num_departments, hidden_units=64):
        super().__init__()
        self.hidden = layers.Dense(hidden_units, activation="relu")
        self.priority = layers.Dense(1, activation="sigmoid")
        self.department = layers.Dense(num_departments, activation="softmax")

    def call(self, inputs):
        features = self.hidden(ops.concatenate(list(inputs.values()), axis=-1))
        return self.priority(features), self.department(features)
