# message: the gradient of ema with respect to x is None: something cuts it off
def ema(x, decay):
    x = tf.stop_gradient(x)
    return tf.scan(lambda m, x_t: decay * m + (1 - decay) * x_t, x)
