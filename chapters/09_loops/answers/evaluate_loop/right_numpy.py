def evaluate_loop(model, loss_fn, metric, dataset):
    metric.reset_state()
    losses, sizes = [], []
    for x, y in dataset.as_numpy_iterator():
        y_pred = model(x)
        metric.update_state(y, y_pred)
        losses.append(float(tf.add_n([loss_fn(y, y_pred), *model.losses])))
        sizes.append(len(x))
    return {"loss": float(np.average(losses, weights=sizes)), metric.name: metric.result().numpy().item()}
