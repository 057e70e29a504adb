def total_loss(model, loss_fn, x, y):
    y_pred = model(x, training=True)
    extra = ops.sum(ops.stack(model.losses)) if model.losses else 0.0
    return ops.add(loss_fn(y, y_pred), extra)
