# message: NumPy draws its random numbers once, when the function is recorded
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
                kept = np.random.random(x.shape) >= self.rate
                x = x * kept.astype("float32") / (1 - self.rate)
        return self.head(x)
