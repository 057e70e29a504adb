# message: Is it the mean over samples (the last batch is shorter)
def evaluate_loop(model, loss_fn, metric, dataset):
    metric.reset_state()
    losses = []
    for x, y in dataset:
        y_pred = model(x, training=False)
        losses.append(float(loss_fn(y, y_pred) + sum(model.losses)))
        metric.update_state(y, y_pred)
    return {"loss": float(np.mean(losses)), metric.name: float(metric.result())}
