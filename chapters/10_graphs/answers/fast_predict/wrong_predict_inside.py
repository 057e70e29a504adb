# message: Inside a tf.function call the model itself
def fast_predict(model):
    @tf.function(jit_compile=True)
    def predict(x):
        return tf.argmax(model.predict(x, verbose=0), axis=-1)

    return predict
