def evaluate_loop(model, loss_fn, metric, dataset):
    metric.reset_state()
    total = count = 0
    for x, y in dataset:
        outputs = model(x, training=False)
        value = loss_fn(y, outputs)
        for extra in model.losses:
            value += extra
        total += float(value) * len(y)
        count += len(y)
        metric.update_state(y, outputs)
    return {metric.name: float(metric.result()), "loss": total / count}
