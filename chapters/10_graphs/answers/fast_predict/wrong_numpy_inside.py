# message: Inside a tf.function call the model itself
def fast_predict(model):
    @tf.function(jit_compile=True)
    def predict(x):
        return np.argmax(model(x, training=False), axis=-1)

    return predict
