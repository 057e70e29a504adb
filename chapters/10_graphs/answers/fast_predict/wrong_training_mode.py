# message: Is the model in inference mode (training=False)
def fast_predict(model):
    @tf.function(jit_compile=True)
    def predict(x):
        return tf.argmax(model(x, training=True), axis=-1)

    return predict
