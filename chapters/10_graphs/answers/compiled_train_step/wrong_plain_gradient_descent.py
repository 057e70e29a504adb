# message: Is the optimizer's own update used
def compiled_train_step(model, loss_fn, optimizer, input_shape):
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
        gradients = tape.gradient(loss, model.trainable_variables)
        for weight, gradient in zip(model.trainable_variables, gradients):
            weight.assign_sub(rate * gradient)
        return loss

    return step
