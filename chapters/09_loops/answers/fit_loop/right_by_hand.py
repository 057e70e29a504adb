def fit_loop(model, loss_fn, optimizer, metric, dataset, epochs):
    history = []
    for epoch in range(epochs):
        metric.reset_state()
        total, count = 0.0, 0
        for x, y in dataset:
            with tf.GradientTape() as tape:
                outputs = model(x, training=True)
                loss = tf.add_n([loss_fn(y, outputs)] + model.losses)
            grads = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(grads, model.trainable_variables))
            metric(y, outputs)
            total += loss.numpy().item() * x.shape[0]
            count += x.shape[0]
        history.append({metric.name: metric.result().numpy().item(), "loss": total / count})
    return history
