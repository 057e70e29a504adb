# message: The optimizer that you are given has made 0 of 2 updates.
def clipped_step(model, loss_fn, optimizer, x, y, max_norm):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True)) + sum(model.losses)
    gradients = tape.gradient(loss, model.trainable_weights)
    norm = tf.linalg.global_norm(gradients)
    own = keras.optimizers.SGD(float(optimizer.learning_rate), global_clipnorm=max_norm)
    own.apply(gradients, model.trainable_weights)
    return float(norm)
