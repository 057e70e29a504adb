# message: what floats hold exactly
@tf.function
def collatz_steps(n):
    n = tf.cast(n, tf.float64)
    steps = tf.constant(0)
    while n != 1:
        if n % 2 == 0:
            n = n / 2
        else:
            n = 3 * n + 1
        steps += 1
    return steps
