class DropoutMLP(keras.Model):
    def __init__(self, hidden_units, num_classes, rate=0.5):
        super().__init__()
        self.blocks = {}
        for number, units in enumerate(hidden_units):
            self.blocks[number] = (layers.Dense(units, "relu"), layers.Dropout(rate))
        self.head = layers.Dense(num_classes, "softmax")

    def call(self, inputs, training=None, mask=None):
        x = inputs
        for dense, dropout in self.blocks.values():
            x = dropout(dense(x))
        return self.head(x)
