# message: A length that is unknown while the graph is made is None in x.shape[0]
def ema(x, decay):
    n = x.shape[0]
    averages = tf.TensorArray(tf.float32, size=n)
    m = x[0]
    for t in tf.range(n):
        m = decay * m + (1 - decay) * x[t]
        averages = averages.write(t, m)
    return averages.stack()
