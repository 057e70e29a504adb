# message: Is it a mean over all elements, and not a sum over some of them?
def linear_step(w, b, x, y, learning_rate):
    with tf.GradientTape() as tape:
        error = tf.matmul(x, w) + b - y
        loss = tf.reduce_mean(tf.reduce_sum(error**2, axis=-1))
    dw, db = tape.gradient(loss, [w, b])
    w.assign_sub(learning_rate * dw)
    b.assign_sub(learning_rate * db)
    return loss
