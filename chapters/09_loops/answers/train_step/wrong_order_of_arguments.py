# message: Is loss_fn called as loss_fn(y_true, y_pred), in this order?
def train_step(model, loss_fn, optimizer, x, y):
    with tf.GradientTape() as tape:
        loss = loss_fn(model(x, training=True), y) + sum(model.losses)
    optimizer.apply(tape.gradient(loss, model.trainable_weights), model.trainable_weights)
    return loss
