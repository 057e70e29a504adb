# message: Is loss_fn called as loss_fn(y_true, y_pred), in this order?
def fit_loop(model, loss_fn, optimizer, metric, dataset, epochs):
    logs = []
    for _ in range(epochs):
        metric.reset_state()
        total = count = 0
        for x, y in dataset:
            with tf.GradientTape() as tape:
                y_pred = model(x, training=True)
                loss = loss_fn(y_pred, y) + sum(model.losses)
            optimizer.apply(tape.gradient(loss, model.trainable_weights), model.trainable_weights)
            metric.update_state(y, y_pred)
            total += float(loss) * len(x)
            count += len(x)
        logs.append({"loss": total / count, metric.name: float(metric.result())})
    return logs
