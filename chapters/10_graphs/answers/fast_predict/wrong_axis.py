# message: it should be (12,). Along which axis
def fast_predict(model):
    @tf.function(jit_compile=True)
    def predict(x):
        return tf.argmax(model(x, training=False), axis=0)

    return predict
