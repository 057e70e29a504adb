# message: reset() before the first add() raised AttributeError
class Counter(tf.Module):
    @tf.function
    def add(self, by):
        if not hasattr(self, "total"):
            self.total = tf.Variable(0.0)
        return self.total.assign_add(by)

    def reset(self):
        self.total.assign(0.0)
