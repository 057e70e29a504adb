# message: Keep it in a tf.Variable.
class Counter(tf.Module):
    def __init__(self):
        super().__init__()
        self.total = tf.constant(0.0)

    @tf.function
    def add(self, by):
        self.total = self.total + by
        return self.total

    def reset(self):
        self.total = tf.constant(0.0)
