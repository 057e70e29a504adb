# message: Were some of the losses turned into plain numbers on the way
def total_loss(model, loss_fn, x, y):
    y_pred = model(x, training=True)
    return loss_fn(y, y_pred) + sum(float(loss) for loss in model.losses)
