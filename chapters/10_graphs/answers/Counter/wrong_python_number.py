# message: it was added up only while tracing
class Counter(tf.Module):
    def __init__(self):
        super().__init__()
        self.total = 0.0

    @tf.function
    def add(self, by):
        self.total += by
        return tf.constant(self.total)

    def reset(self):
        self.total = 0.0
