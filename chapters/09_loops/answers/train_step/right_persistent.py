def train_step(model, loss_fn, optimizer, x, y):
    with tf.GradientTape(persistent=True) as tape:
        y_pred = model(x, training=True)
        data_loss = loss_fn(y, y_pred)
        loss = data_loss + tf.reduce_sum(model.losses)
    grads = [tape.gradient(loss, weight) for weight in model.trainable_weights]
    optimizer.apply(grads, trainable_variables=model.trainable_weights)
    return float(loss)
