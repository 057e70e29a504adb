# message: Do you divide by decay, or by a power of it?
def ema(x, decay):
    t = tf.reshape(tf.range(tf.shape(x)[0], dtype=tf.float32), [-1] + [1] * (len(x.shape) - 1))
    powers = decay**t
    weights = tf.where(t == 0, 1.0, 1 - decay) / powers
    return powers * tf.cumsum(weights * x, axis=0)
