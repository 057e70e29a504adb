# message: it should be a plain float
def fit_loop(model, loss_fn, optimizer, metric, dataset, epochs):
    logs = []
    mean = keras.metrics.Mean()
    for _ in range(epochs):
        mean.reset_state()
        metric.reset_state()
        for x, y in dataset:
            loss, y_pred = step(model, loss_fn, optimizer, x, y)
            mean.update_state(loss, sample_weight=len(x))
            metric.update_state(y, y_pred)
        logs.append({"loss": mean.result(), metric.name: metric.result()})
    return logs
