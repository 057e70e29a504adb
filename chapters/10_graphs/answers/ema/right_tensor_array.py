@tf.function
def ema(x, decay):
    n = tf.shape(x)[0]
    averages = tf.TensorArray(x.dtype, size=n)
    m = x[0]
    averages = averages.write(0, m)
    for t in tf.range(1, n):
        m = decay * m + (1.0 - decay) * x[t]
        averages = averages.write(t, m)
    return averages.stack()
