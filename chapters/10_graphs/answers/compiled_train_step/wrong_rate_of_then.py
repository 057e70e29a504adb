# message: does your step use the optimizer's learning rate of now?
def compiled_train_step(model, loss_fn, optimizer, input_shape):
    optimizer.build(model.trainable_variables)
    rate = float(optimizer.learning_rate)

    @tf.function(
        input_signature=[
            tf.TensorSpec((None, *input_shape), tf.float32),
            tf.TensorSpec((None,), tf.int32),
        ]
    )
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = loss_fn(y, model(x, training=True)) + sum(model.losses)
        optimizer.learning_rate.assign(rate)
        optimizer.apply(tape.gradient(loss, model.trainable_variables))
        return loss

    return step
