# message: Is there a limit to the number of steps?
@tf.function
def collatz_steps(n):
    steps = tf.constant(0)
    for _ in tf.range(1000):
        if n == 1:
            break
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps
