# message: one factor for all gradients
def clipped_step(model, loss_fn, optimizer, x, y, max_norm):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True)) + sum(model.losses)
    grads = tape.gradient(loss, model.trainable_weights)
    norm = tf.linalg.global_norm(grads)
    optimizer.apply([tf.clip_by_norm(g, max_norm) for g in grads], model.trainable_weights)
    return float(norm)
