def clipped_step(model, loss_fn, optimizer, x, y, max_norm):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
        loss += sum(model.losses)
    grads = tape.gradient(loss, model.trainable_variables)
    norm = float(np.sqrt(sum(tf.reduce_sum(g**2) for g in grads)))
    scale = min(1.0, max_norm / norm)
    optimizer.apply_gradients((scale * g, v) for g, v in zip(grads, model.trainable_variables))
    return norm
