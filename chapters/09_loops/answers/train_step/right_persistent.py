def train_step(model, loss_fn, optimizer, x, y):
    with tf.GradientTape(persistent=True) as tape:
        y_pred = model(x, training=True)
        data_loss = loss_fn(y, y_pred)
        extra = tf.reduce_sum(tf.stack(model.losses)) if model.losses else 0.0
        loss = data_loss + extra
    grads = [tape.gradient(loss, weight) for weight in model.trainable_weights]
    optimizer.apply(grads, trainable_variables=model.trainable_weights)
    return float(loss)
