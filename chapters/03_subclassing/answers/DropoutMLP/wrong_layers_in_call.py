# message: The model has no weights. Layers that are made inside `call`
class DropoutMLP(keras.Model):
    def __init__(self, hidden_units, num_classes, rate=0.5):
        super().__init__()
        self.hidden_units, self.num_classes, self.rate = hidden_units, num_classes, rate

    def call(self, inputs, training=None):
        x = inputs
        for units in self.hidden_units:
            x = layers.Dense(units, activation="relu")(x)
            x = layers.Dropout(self.rate)(x, training=training)
        return layers.Dense(self.num_classes, activation="softmax")(x)
