# message: both should be 0.6
def linear_step(w, b, x, y, learning_rate):
    def loss_now():
        return tf.reduce_mean((tf.matmul(x, w) + b - y) ** 2)

    with tf.GradientTape() as tape:
        loss = loss_now()
    w.assign_sub(learning_rate * tape.gradient(loss, w))
    with tf.GradientTape() as tape:
        second = loss_now()
    b.assign_sub(learning_rate * tape.gradient(second, b))
    return loss
