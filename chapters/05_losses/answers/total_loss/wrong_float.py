# message: it should return a tensor: a float or NumPy number
def total_loss(model, loss_fn, x, y):
    y_pred = model(x, training=True)
    return float(loss_fn(y, y_pred)) + float(sum(model.losses))
