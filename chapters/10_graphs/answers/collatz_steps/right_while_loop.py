def count(n):
    def body(n, steps):
        halved = tf.cond(n % 2 == 0, lambda: n // 2, lambda: n * 3 + 1)
        return halved, steps + 1

    return tf.while_loop(lambda n, steps: n > 1, body, [n, tf.constant(0)])[1]


collatz_steps = tf.function(count)
