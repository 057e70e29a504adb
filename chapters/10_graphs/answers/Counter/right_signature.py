class Counter(tf.Module):
    def __init__(self, name=None):
        super().__init__(name=name)
        self._total = tf.Variable(0, dtype=tf.float32, trainable=False)

    @tf.function(input_signature=[tf.TensorSpec([], tf.float32)])
    def add(self, by):
        self._total.assign(self._total + by)
        return self._total.read_value()

    @tf.function
    def reset(self):
        self._total.assign(tf.zeros_like(self._total))
