def train_step(model, loss_fn, optimizer, x, y):
    variables = model.trainable_variables
    with tf.GradientTape() as tape:
        outputs = model(x, training=True)
        total = loss_fn(y, outputs)
        for extra in model.losses:
            total = total + extra
    optimizer.apply_gradients(zip(tape.gradient(total, variables), variables))
    return total
