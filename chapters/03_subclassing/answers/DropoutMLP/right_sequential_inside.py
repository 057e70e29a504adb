class DropoutMLP(keras.Model):
    def __init__(self, hidden_units, num_classes, rate=0.5):
        super().__init__()
        stack = keras.Sequential()
        for units in hidden_units:
            stack.add(layers.Dense(units))
            stack.add(layers.Dropout(rate))
            stack.add(layers.ReLU())
        stack.add(layers.Dense(num_classes, activation="softmax"))
        self.stack = stack

    def call(self, x, training=False):
        return self.stack(x, training=training)
