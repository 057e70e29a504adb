# message: a single sample is still a batch
def fast_predict(model):
    @tf.function(jit_compile=True)
    def predict(x):
        return tf.squeeze(tf.argmax(model(x, training=False), axis=-1))

    return predict
