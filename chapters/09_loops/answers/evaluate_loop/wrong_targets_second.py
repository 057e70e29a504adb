# message: loss_fn takes the targets first.
def evaluate_loop(model, loss_fn, metric, dataset):
    mean = keras.metrics.Mean()
    metric.reset_state()
    for x, y in dataset:
        y_pred = model(x, training=False)
        mean.update_state(loss_fn(y_pred, y) + sum(model.losses), sample_weight=len(x))
        metric.update_state(y_pred, y)
    return {"loss": float(mean.result()), metric.name: float(metric.result())}
