# message: add is a plain Python method
class Counter(tf.Module):
    def __init__(self):
        super().__init__()
        self.total = tf.Variable(0.0)

    def add(self, by):
        return self.total.assign_add(by)

    def reset(self):
        self.total.assign(0.0)
