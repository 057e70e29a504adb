# message: Use it as it is, and no other: it has a state, such as its momentum.
def fit_loop(model, loss_fn, optimizer, metric, dataset, epochs):
    logs = []
    for _ in range(epochs):
        fresh = type(optimizer).from_config(optimizer.get_config())
        mean = keras.metrics.Mean()
        metric.reset_state()
        for x, y in dataset:
            loss, y_pred = step(model, loss_fn, fresh, x, y)
            mean.update_state(loss, sample_weight=len(x))
            metric.update_state(y, y_pred)
        logs.append({"loss": float(mean.result()), metric.name: float(metric.result())})
    return logs
