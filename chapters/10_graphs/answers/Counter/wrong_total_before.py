# message: add returns the total before the addition
class Counter(tf.Module):
    def __init__(self):
        super().__init__()
        self.total = tf.Variable(0.0)

    @tf.function
    def add(self, by):
        before = self.total.read_value()
        self.total.assign_add(by)
        return before

    def reset(self):
        self.total.assign(0.0)
