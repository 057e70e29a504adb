# message: Is there a limit to the number of steps?
@tf.function
def collatz_steps(n):
    steps = tf.constant(0)
    for _ in range(600):
        steps = tf.where(n == 1, steps, steps + 1)
        n = tf.where(n == 1, n, tf.where(n % 2 == 0, n // 2, 3 * n + 1))
    return steps
