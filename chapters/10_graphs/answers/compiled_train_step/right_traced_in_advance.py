def compiled_train_step(model, loss_fn, optimizer, input_shape):
    if not optimizer.built:
        optimizer.build(model.trainable_weights)

    def step(images, labels):
        with tf.GradientTape() as tape:
            predictions = model(images, training=True)
            loss = loss_fn(labels, predictions)
            if model.losses:
                loss += tf.add_n(model.losses)
        grads = tape.gradient(loss, model.trainable_weights)
        optimizer.apply_gradients(zip(grads, model.trainable_weights))
        return loss

    spec = (
        tf.TensorSpec(shape=[None] + list(input_shape), dtype="float32"),
        tf.TensorSpec(shape=[None], dtype="int32"),
    )
    compiled = tf.function(step, input_signature=spec)
    compiled.get_concrete_function()
    return compiled
