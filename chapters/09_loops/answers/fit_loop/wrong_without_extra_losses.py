# message: The extra losses (model.losses) belong to the loss.
def fit_loop(model, loss_fn, optimizer, metric, dataset, epochs):
    logs = []
    mean = keras.metrics.Mean()
    for _ in range(epochs):
        mean.reset_state()
        metric.reset_state()
        for x, y in dataset:
            with tf.GradientTape() as tape:
                y_pred = model(x, training=True)
                loss = loss_fn(y, y_pred)
            optimizer.apply(tape.gradient(loss, model.trainable_weights), model.trainable_weights)
            mean.update_state(loss, sample_weight=len(x))
            metric.update_state(y, y_pred)
        logs.append({"loss": float(mean.result()), metric.name: float(metric.result())})
    return logs
