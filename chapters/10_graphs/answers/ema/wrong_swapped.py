# message: decay and 1 - decay are swapped
def ema(x, decay):
    return tf.scan(lambda m, x_t: (1 - decay) * m + decay * x_t, x)
