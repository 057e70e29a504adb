class DropoutMLP(keras.Model):
    def __init__(self, hidden_units, num_classes, rate=0.5):
        super().__init__()
        self.rate = rate
        self.seed_generator = keras.random.SeedGenerator()
        self.stack = [layers.Dense(u, activation="relu") for u in [*hidden_units]]
        self.stack += [layers.Dense(num_classes, activation="softmax")]

    def call(self, inputs, *, training=False):
        *hidden, head = self.stack
        for layer in hidden:
            inputs = layer(inputs)
            if training:
                inputs = keras.random.dropout(inputs, self.rate, seed=self.seed_generator)
        return head(inputs)
