class TicketModel(tf.keras.Model):
    def __init__(self, num_departments, hidden_units=64):
        super(TicketModel, self).__init__()
        self.parts = {
            "features": tf.keras.layers.Dense(hidden_units, tf.nn.relu),
            "priority": tf.keras.layers.Dense(1),
            "department": tf.keras.layers.Dense(num_departments),
        }

    def call(self, tickets):
        features = self.parts["features"](
            tf.concat([tickets["title"], tickets["text_body"], tickets["tags"]], axis=1)
        )
        return [
            tf.math.sigmoid(self.parts["priority"](features)),
            tf.nn.softmax(self.parts["department"](features)),
        ]
