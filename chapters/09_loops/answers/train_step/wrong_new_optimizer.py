# message: The optimizer that you are given has made 0 of 2 updates.
def train_step(model, loss_fn, optimizer, x, y):
    optimizer = type(optimizer).from_config(optimizer.get_config())
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True)) + sum(model.losses)
    optimizer.apply(tape.gradient(loss, model.trainable_weights), model.trainable_weights)
    return loss
