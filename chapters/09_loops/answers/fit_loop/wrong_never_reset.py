# message: Do loss and metric start anew with every epoch
def fit_loop(model, loss_fn, optimizer, metric, dataset, epochs):
    logs = []
    mean = keras.metrics.Mean()
    for _ in range(epochs):
        for x, y in dataset:
            loss, y_pred = step(model, loss_fn, optimizer, x, y)
            mean.update_state(loss, sample_weight=len(x))
            metric.update_state(y, y_pred)
        logs.append({"loss": float(mean.result()), metric.name: float(metric.result())})
    return logs
