def total_loss(model, loss_fn, x, y):
    predictions = model(x, training=True)
    return tf.add_n([loss_fn(y, predictions), *model.losses])
