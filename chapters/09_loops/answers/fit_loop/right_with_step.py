def fit_loop(model, loss_fn, optimizer, metric, dataset, epochs):
    def one_epoch():
        metric.reset_state()
        losses, sizes = [], []
        for batch in dataset.as_numpy_iterator():
            loss, y_pred = step(model, loss_fn, optimizer, *batch)
            metric.update_state(batch[1], y_pred)
            losses.append(float(loss))
            sizes.append(len(batch[0]))
        return {"loss": float(np.average(losses, weights=sizes)), metric.name: float(metric.result())}

    return [one_epoch() for _ in range(epochs)]
