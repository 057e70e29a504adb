# message: Is the forward pass in training mode?
def clipped_step(model, loss_fn, optimizer, x, y, max_norm):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=False)) + sum(model.losses)
    grads, norm = tf.clip_by_global_norm(tape.gradient(loss, model.trainable_weights), max_norm)
    optimizer.apply(grads, model.trainable_weights)
    return float(norm)
