# message: with the keys 'loss' and metric.name, which is 'too_high' here
def evaluate_loop(model, loss_fn, metric, dataset):
    mean = keras.metrics.Mean()
    metric.reset_state()
    for x, y in dataset:
        y_pred = model(x, training=False)
        mean.update_state(loss_fn(y, y_pred) + sum(model.losses), sample_weight=len(x))
        metric.update_state(y, y_pred)
    return {"loss": float(mean.result()), "mae": float(metric.result())}
