# message: Do only the trainable weights move?
def compiled_train_step(model, loss_fn, optimizer, input_shape):
    kernels = [v for layer in model.layers for v in layer._trainable_variables]
    for layer in model.layers:
        layer.trainable = True
    kernels = model.trainable_variables
    optimizer.build(kernels)

    @tf.function(
        input_signature=[
            tf.TensorSpec((None, *input_shape), tf.float32),
            tf.TensorSpec((None,), tf.int32),
        ]
    )
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = loss_fn(y, model(x, training=True)) + sum(model.losses)
        gradients = tape.gradient(loss, kernels)
        optimizer.apply(gradients, kernels)
        return loss

    return step
