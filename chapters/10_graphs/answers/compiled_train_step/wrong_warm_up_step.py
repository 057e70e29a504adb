# message: Did the optimizer apply the gradients of the total loss to the trainable variables?
def compiled_train_step(model, loss_fn, optimizer, input_shape):
    optimizer.build(model.trainable_variables)

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
        optimizer.apply(gradients, model.trainable_variables)
        return loss

    step(tf.ones((1, *input_shape)), tf.zeros((1,), tf.int32))  # so that it is traced already
    return step
