# message: Your function calls compile
def fit_loop(model, loss_fn, optimizer, metric, dataset, epochs):
    model.compile(optimizer, loss_fn, metrics=[metric])
    history = model.fit(dataset, epochs=epochs, shuffle=False, verbose=0).history
    return [
        {"loss": float(loss), metric.name: float(value)}
        for loss, value in zip(history["loss"], history[metric.name])
    ]
