# message: with the extra losses, in inference mode?
def evaluate_loop(model, loss_fn, metric, dataset):
    mean = keras.metrics.Mean()
    metric.reset_state()
    for x, y in dataset:
        y_pred = model(x, training=True)
        mean.update_state(loss_fn(y, y_pred) + sum(model.losses), sample_weight=len(x))
        metric.update_state(y, y_pred)
    return {"loss": float(mean.result()), metric.name: float(metric.result())}
