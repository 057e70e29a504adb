# message: Targets come first.
def fit_loop(model, loss_fn, optimizer, metric, dataset, epochs):
    logs = []
    for _ in range(epochs):
        mean = keras.metrics.Mean()
        metric.reset_state()
        for x, y in dataset:
            loss, y_pred = step(model, loss_fn, optimizer, x, y)
            mean.update_state(loss, sample_weight=len(x))
            metric.update_state(y_pred, y)
        logs.append({"loss": float(mean.result()), metric.name: float(metric.result())})
    return logs
