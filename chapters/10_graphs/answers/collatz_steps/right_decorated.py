@tf.function(input_signature=[tf.TensorSpec([], tf.int64)])
def collatz_steps(n):
    steps = tf.constant(0, tf.int32)
    while tf.not_equal(n, 1):
        n = tf.where(tf.equal(n % 2, 0), n // 2, 3 * n + 1)
        steps = steps + 1
    return steps
