# message: It starts from the first value: m_0 = x_0
def ema(x, decay):
    return tf.scan(lambda m, x_t: decay * m + (1 - decay) * x_t, x, initializer=tf.zeros_like(x[0]))
