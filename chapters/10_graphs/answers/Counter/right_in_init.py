class Counter(tf.Module):
    def __init__(self):
        super().__init__()
        self.count = keras.Variable(0.0, dtype="float32")
        self.add = tf.function(self._add, reduce_retracing=True)

    def _add(self, by):
        self.count.assign_add(tf.cast(by, tf.float32))
        return tf.identity(self.count)

    def reset(self):
        self.count.assign(0.0)
