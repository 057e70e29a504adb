# message: Is the model as it was, and do only its trainable weights move?
def train_step(model, loss_fn, optimizer, x, y):
    for layer in model.layers:
        layer.trainable = True
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True)) + sum(model.losses)
    optimizer.apply(tape.gradient(loss, model.trainable_weights), model.trainable_weights)
    return loss
