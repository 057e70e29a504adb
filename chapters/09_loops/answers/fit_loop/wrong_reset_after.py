# message: Was the metric reset before *every* epoch, the first too
def fit_loop(model, loss_fn, optimizer, metric, dataset, epochs):
    logs = []
    mean = keras.metrics.Mean()
    for _ in range(epochs):
        for x, y in dataset:
            loss, y_pred = step(model, loss_fn, optimizer, x, y)
            mean.update_state(loss, sample_weight=len(x))
            metric.update_state(y, y_pred)
        logs.append({"loss": float(mean.result()), metric.name: float(metric.result())})
        mean.reset_state()
        metric.reset_state()
    return logs
