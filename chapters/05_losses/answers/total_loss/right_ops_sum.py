def total_loss(model, loss_fn, x, y):
    y_pred = model(x, training=True)
    return loss_fn(y, y_pred) + ops.sum(model.losses)
