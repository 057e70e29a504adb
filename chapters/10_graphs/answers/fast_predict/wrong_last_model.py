# message: f(x) for 40 images as an array raised
def fast_predict(model):
    global model_to_run
    model_to_run = model

    @tf.function(jit_compile=True)
    def predict(x):
        return tf.argmax(model_to_run(x, training=False), axis=-1)

    return predict
