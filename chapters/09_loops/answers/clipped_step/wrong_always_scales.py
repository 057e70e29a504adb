# message: and none if the norm is small enough
def clipped_step(model, loss_fn, optimizer, x, y, max_norm):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True)) + sum(model.losses)
    grads = tape.gradient(loss, model.trainable_weights)
    norm = tf.linalg.global_norm(grads)
    optimizer.apply([g * max_norm / norm for g in grads], model.trainable_weights)
    return float(norm)
