# message: keras.ops.argmax gives int32
def fast_predict(model):
    @tf.function(jit_compile=True)
    def predict(x):
        return ops.argmax(model(x, training=False), axis=-1)

    return predict
