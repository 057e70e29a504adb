# message: Keras tells whether it is training only to a `call` that asks for it
class DropoutMLP(keras.Model):
    def __init__(self, hidden_units, num_classes, rate=0.5):
        super().__init__()
        self.hidden = [layers.Dense(units, activation="relu") for units in hidden_units]
        self.dropouts = [layers.Dropout(rate) for _ in hidden_units]
        self.head = layers.Dense(num_classes, activation="softmax")

    def call(self, inputs):
        x = inputs
        for dense, dropout in zip(self.hidden, self.dropouts):
            x = dropout(dense(x))
        return self.head(x)
