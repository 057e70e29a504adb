# message: The model's extra losses are missing: look at model.losses
def total_loss(model, loss_fn, x, y):
    return loss_fn(y, model(x, training=True))
