# message: Which argument of tf.function asks for it?
def fast_predict(model):
    @tf.function(jit_compile=True)
    def best(outputs):
        return tf.argmax(outputs, axis=-1)

    return lambda x: best(model(x, training=False))
