# message: the graph of add still has the old variable
class Counter(tf.Module):
    def __init__(self):
        super().__init__()
        self.total = tf.Variable(0.0)

    @tf.function
    def add(self, by):
        return self.total.assign_add(by)

    def reset(self):
        self.total = tf.Variable(0.0)
