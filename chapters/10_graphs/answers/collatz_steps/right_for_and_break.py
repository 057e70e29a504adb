@tf.function
def collatz_steps(n):
    steps = tf.constant(0)
    for _ in tf.range(tf.int64.max):
        if n == 1:
            break
        if tf.math.floormod(n, 2) == 1:
            n = 3 * n + 1
            n //= 2
            steps += 2
        else:
            n //= 2
            steps += 1
    return steps
