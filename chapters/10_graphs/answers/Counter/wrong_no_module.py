# message: Counter should be a subclass of tf.Module
class Counter:
    def __init__(self):
        super().__init__()
        self.total = tf.Variable(0.0)

    @tf.function
    def add(self, by):
        return self.total.assign_add(by)

    def reset(self):
        self.total.assign(0.0)
