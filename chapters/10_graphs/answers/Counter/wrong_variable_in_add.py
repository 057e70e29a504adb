# message: that has to be made once, in __init__
class Counter(tf.Module):
    def __init__(self):
        super().__init__()
        self.total = tf.Variable(0.0)

    @tf.function
    def add(self, by):
        total = tf.Variable(0.0)
        return total.assign_add(by)

    def reset(self):
        self.total.assign(0.0)
