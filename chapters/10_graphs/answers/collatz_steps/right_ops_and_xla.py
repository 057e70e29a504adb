@tf.function(jit_compile=True)
def collatz_steps(n):
    steps = tf.constant(0, tf.int64)
    _, steps = ops.while_loop(
        lambda n, steps: ops.not_equal(n, 1),
        lambda n, steps: (ops.where(n % 2 == 1, 3 * n + 1, n // 2), steps + 1),
        (n, steps),
    )
    return tf.cast(steps, tf.int32)
