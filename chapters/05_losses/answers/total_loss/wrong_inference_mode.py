# message: The forward pass ran in inference mode
def total_loss(model, loss_fn, x, y):
    y_pred = model(x)
    return loss_fn(y, y_pred) + sum(model.losses)
