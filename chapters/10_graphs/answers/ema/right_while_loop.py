def ema(x, decay):
    n = tf.shape(x)[0]

    def body(t, m, ta):
        m = decay * m + (1 - decay) * tf.gather(x, t)
        return t + 1, m, ta.write(t, m)

    ta = tf.TensorArray(tf.float32, size=0, dynamic_size=True, element_shape=x.shape[1:])
    _, _, ta = tf.while_loop(lambda t, m, ta: t < n, body, (0, x[0], ta))
    return tf.reshape(ta.stack(), tf.shape(x))
