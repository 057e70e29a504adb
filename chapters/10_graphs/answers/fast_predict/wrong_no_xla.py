# message: Which argument of tf.function asks for it?
def fast_predict(model):
    @tf.function
    def predict(x):
        return tf.argmax(model(x, training=False), axis=-1)

    return predict
