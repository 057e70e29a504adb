# message: one Dense layer for each entry of hidden_units
class DropoutMLP(keras.Model):
    def __init__(self, hidden_units, num_classes, rate=0.5):
        super().__init__()
        self.hidden_units = hidden_units
        self.hidden = {str(units): layers.Dense(units, activation="relu") for units in hidden_units}
        self.dropout = layers.Dropout(rate)
        self.head = layers.Dense(num_classes, activation="softmax")

    def call(self, inputs, training=None):
        x = inputs
        for units in self.hidden:
            x = self.dropout(self.hidden[units](x), training=training)
        return self.head(x)
