def ema(x, decay):
    out = tf.TensorArray(tf.float32, size=0, dynamic_size=True, clear_after_read=False)
    out = out.write(0, x[0])
    for t in tf.range(1, tf.shape(x)[0]):
        out = out.write(t, out.read(t - 1) + (1 - decay) * (x[t] - out.read(t - 1)))
    return out.stack()
