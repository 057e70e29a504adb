# message: Your function calls compile
def train_step(model, loss_fn, optimizer, x, y):
    if getattr(model, "my_optimizer", None) is not optimizer:
        model.compile(optimizer, loss_fn)
        model.my_optimizer = optimizer
    return model.train_on_batch(x, y)
