# message: the norm of the gradients 3 and 4, before clipping, is 5
def clipped_step(model, loss_fn, optimizer, x, y, max_norm):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True)) + sum(model.losses)
    grads, _ = tf.clip_by_global_norm(tape.gradient(loss, model.trainable_weights), max_norm)
    optimizer.apply(grads, model.trainable_weights)
    return float(tf.linalg.global_norm(grads))
