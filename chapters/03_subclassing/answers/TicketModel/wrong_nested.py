# message: the pair (priority, department) should hold the two tensors themselves
class TicketModel(keras.Model):
    def __init__(self, num_departments, hidden_units=64):
        super().__init__()
        self.hidden = layers.Dense(hidden_units, activation="relu")
        self.priority = layers.Dense(1, activation="sigmoid")
        self.department = layers.Dense(num_departments, activation="softmax")

    def call(self, inputs):
        x = ops.concatenate([inputs["title"], inputs["text_body"], inputs["tags"]], axis=-1)
        features = self.hidden(x)
        return [self.priority(features)], [self.department(features)]
