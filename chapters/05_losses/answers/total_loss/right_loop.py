def total_loss(model, loss_fn, x, y):
    predictions = model(x, training=True)
    loss = loss_fn(y_true=y, y_pred=predictions)
    for extra in model.losses:
        loss = loss + extra
    return loss
