def clipped_step(model, loss_fn, optimizer, x, y, max_norm):
    with tf.GradientTape() as tape:
        loss = tf.add_n([loss_fn(y, model(x, training=True)), *model.losses])
    grads = tape.gradient(loss, model.trainable_weights)
    norm = tf.linalg.global_norm(grads)
    if norm > max_norm:
        grads = [g * (max_norm / norm) for g in grads]
    optimizer.apply(grads, model.trainable_weights)
    return norm.numpy()
