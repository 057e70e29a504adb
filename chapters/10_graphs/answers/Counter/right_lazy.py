class Counter(tf.Module):
    total = None

    @tf.function
    def add(self, by):
        if self.total is None:
            self.total = tf.Variable(0.0)
        self.total.assign_add(by)
        return self.total

    def reset(self):
        if self.total is not None:
            self.total.assign(0.0)
