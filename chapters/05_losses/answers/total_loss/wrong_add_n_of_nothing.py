# message: where model.losses is an empty list, total_loss raises
def total_loss(model, loss_fn, x, y):
    y_pred = model(x, training=True)
    return loss_fn(y, y_pred) + tf.add_n(model.losses)
