def linear_step(w, b, x, y, learning_rate):
    error = x @ w + b - y
    n = tf.cast(tf.size(error), tf.float32)
    loss = tf.reduce_sum(tf.square(error)) / n
    dw = 2 / n * tf.transpose(x) @ error
    db = 2 / n * tf.reduce_sum(error, axis=0)
    w.assign(w - learning_rate * dw)
    b.assign(b - learning_rate * db)
    return loss
