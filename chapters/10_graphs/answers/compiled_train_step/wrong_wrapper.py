# message: not a Python function around it
def compiled_train_step(model, loss_fn, optimizer, input_shape):
    optimizer.build(model.trainable_variables)
    x_spec = tf.TensorSpec((None, *input_shape), tf.float32)

    @tf.function(input_signature=[x_spec, tf.TensorSpec((None,), tf.int32)])
    def inner(x, y):
        with tf.GradientTape() as tape:
            loss = loss_fn(y, model(x, training=True)) + sum(model.losses)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return loss

    def step(x, y):
        return float(inner(x, y))

    return step
