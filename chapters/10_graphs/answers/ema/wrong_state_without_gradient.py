# message: Does every x_t flow into all later averages?
def ema(x, decay):
    return tf.scan(lambda m, x_t: decay * tf.stop_gradient(m) + (1 - decay) * x_t, x)
