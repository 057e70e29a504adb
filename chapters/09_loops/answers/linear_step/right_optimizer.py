def linear_step(w, b, x, y, learning_rate):
    with tf.GradientTape() as tape:
        y_pred = tf.linalg.matmul(x, w) + b
        loss = tf.reduce_mean(keras.losses.mean_squared_error(y, y_pred))
    for variable, gradient in zip((w, b), tape.gradient(loss, (w, b))):
        variable.assign_add(-learning_rate * gradient)
    return float(loss)
