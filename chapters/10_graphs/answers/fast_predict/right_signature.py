def fast_predict(model):
    shape = (None,) + tuple(model.input_shape[1:])

    @tf.function(input_signature=[tf.TensorSpec(shape, tf.float32)], jit_compile=True)
    def classes(x):
        return ops.cast(ops.argmax(model(x, training=False), axis=1), "int64")

    return classes
