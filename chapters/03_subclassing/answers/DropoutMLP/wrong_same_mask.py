# message: each call should draw anew
class DropoutMLP(keras.Model):
    def __init__(self, hidden_units, num_classes, rate=0.5):
        super().__init__()
        self.rate = rate
        self.hidden = [layers.Dense(units, activation="relu") for units in hidden_units]
        self.head = layers.Dense(num_classes, activation="softmax")

    def call(self, inputs, training=None):
        x = inputs
        for dense in self.hidden:
            x = dense(x)
            if training:
                x = keras.random.dropout(x, self.rate, seed=0)
        return self.head(x)
