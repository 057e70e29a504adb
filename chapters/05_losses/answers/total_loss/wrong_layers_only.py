# message: For a subclassed model that calls self.add_loss in its own `call`
def total_loss(model, loss_fn, x, y):
    y_pred = model(x, training=True)
    return loss_fn(y, y_pred) + sum(loss for layer in model.layers for loss in layer.losses)
