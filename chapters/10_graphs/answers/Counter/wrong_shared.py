# message: counters share one total
class Counter(tf.Module):
    total = tf.Variable(0.0)

    @tf.function
    def add(self, by):
        return self.total.assign_add(by)

    def reset(self):
        self.total.assign(0.0)
