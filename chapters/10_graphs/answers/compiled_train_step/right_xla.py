class Step:
    def __init__(self, model, loss_fn, optimizer):
        self.model, self.loss_fn, self.optimizer = model, loss_fn, optimizer

    def __call__(self, x, y):
        variables = self.model.trainable_variables
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([v.value for v in variables])
            total = self.loss_fn(y, self.model(x, training=True))
            for extra in self.model.losses:
                total = total + extra
        self.optimizer.apply(tape.gradient(total, [v.value for v in variables]), variables)
        return total


def compiled_train_step(model, loss_fn, optimizer, input_shape):
    optimizer.build(model.trainable_variables)
    return tf.function(
        Step(model, loss_fn, optimizer).__call__,
        input_signature=[
            tf.TensorSpec((None,) + tuple(input_shape)),
            tf.TensorSpec((None,), tf.int32),
        ],
        jit_compile=True,
    )
