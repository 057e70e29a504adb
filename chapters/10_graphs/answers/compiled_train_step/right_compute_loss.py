def compiled_train_step(model, loss_fn, optimizer, input_shape):
    weights = model.trainable_variables
    optimizer.build(weights)

    @tf.function(
        input_signature=(
            tf.TensorSpec([None, *input_shape], tf.float32, name="x"),
            tf.TensorSpec([None], tf.int32, name="y"),
        ),
        reduce_retracing=True,
    )
    def train(x, y):
        with tf.GradientTape() as tape:
            y_pred = model(x, training=True)
            loss = ops.sum([loss_fn(y, y_pred), *model.losses])
        optimizer.apply(tape.gradient(loss, weights))
        return loss

    return train
