# message: the number of dropouts between input and output is 1, it should be 3
class DropoutMLP(keras.Model):
    def __init__(self, hidden_units, num_classes, rate=0.5):
        super().__init__()
        self.hidden = [layers.Dense(units, activation="relu") for units in hidden_units]
        self.dropout = layers.Dropout(rate)
        self.head = layers.Dense(num_classes, activation="softmax")

    def call(self, inputs, training=None):
        x = inputs
        for dense in self.hidden:
            x = dense(x)
        return self.head(self.dropout(x, training=training))
