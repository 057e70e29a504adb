# message: update the variable itself, with assign_sub or assign
def linear_step(w, b, x, y, learning_rate):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((tf.matmul(x, w) + b - y) ** 2)
    dw, db = tape.gradient(loss, [w, b])
    w = w - learning_rate * dw
    b = b - learning_rate * db
    return loss
