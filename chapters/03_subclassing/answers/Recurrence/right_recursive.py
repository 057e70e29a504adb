class Recurrence(keras.Model):
    def __init__(self, units, steps):
        super().__init__()
        self.linear = layers.Dense(units)
        self.n = steps

    def call(self, inputs):
        return self.after(self.n, inputs)

    def after(self, steps, x):
        if not steps:
            return x
        return tf.math.tanh(self.linear(self.after(steps - 1, x)))
