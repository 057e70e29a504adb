# message: Call the model itself, model(x, training=True)
def total_loss(model, loss_fn, x, y):
    y_pred = model.predict(x, verbose=0)
    return loss_fn(y, y_pred) + sum(model.losses)
