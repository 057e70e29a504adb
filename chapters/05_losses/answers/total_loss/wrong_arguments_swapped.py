# message: the true values first and the predictions second
def total_loss(model, loss_fn, x, y):
    y_pred = model(x, training=True)
    return loss_fn(y_pred, y) + sum(model.losses)
