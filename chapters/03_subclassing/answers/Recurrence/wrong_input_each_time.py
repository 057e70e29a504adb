# message: applying the layer 1 time(s), it should be 5
class Recurrence(keras.Model):
    def __init__(self, units, steps):
        super().__init__()
        self.dense = layers.Dense(units, activation="tanh")
        self.steps = steps

    def call(self, inputs):
        for _ in range(self.steps):
            x = self.dense(inputs)
        return x
