# message: model.losses is a list: add up what is in it
def total_loss(model, loss_fn, x, y):
    y_pred = model(x, training=True)
    return loss_fn(y, y_pred) + model.losses
