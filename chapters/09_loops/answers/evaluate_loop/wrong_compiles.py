# message: Your function calls compile
def evaluate_loop(model, loss_fn, metric, dataset):
    model.compile(loss=loss_fn, metrics=[metric])
    metric.reset_state()
    return model.evaluate(dataset, verbose=0, return_dict=True)
