# message: There were 2 forward passes in 1 steps. One for each batch is enough
def train_step(model, loss_fn, optimizer, x, y):
    before = loss_fn(y, model(x, training=True)) + sum(model.losses)
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True)) + sum(model.losses)
    optimizer.apply(tape.gradient(loss, model.trainable_weights), model.trainable_weights)
    return before
