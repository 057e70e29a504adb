# message: applying the layer 2 time(s), it should be 1
class Recurrence(keras.Model):
    def __init__(self, units, steps):
        super().__init__()
        self.dense = layers.Dense(units, activation="tanh")
        self.steps = steps

    def call(self, inputs):
        x = self.dense(inputs)
        for _ in range(self.steps):
            x = self.dense(x)
        return x
