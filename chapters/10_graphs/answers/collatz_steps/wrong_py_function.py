# message: The graph calls back into Python
def in_python(n):
    n, steps = int(n), 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return np.int32(steps)


@tf.function
def collatz_steps(n):
    return tf.ensure_shape(tf.numpy_function(in_python, [n], tf.int32), ())
