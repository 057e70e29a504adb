# message: Epoch 1: mae is
def fit_loop(model, loss_fn, optimizer, metric, dataset, epochs):
    logs = []
    mean = keras.metrics.Mean()
    for _ in range(epochs):
        mean.reset_state()
        metric.reset_state()
        for x, y in dataset:
            loss, _ = step(model, loss_fn, optimizer, x, y)
            mean.update_state(loss, sample_weight=len(x))
            metric.update_state(y, model(x, training=False))
        logs.append({"loss": float(mean.result()), metric.name: float(metric.result())})
    return logs
