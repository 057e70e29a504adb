# message: f(x) returned the outputs
def fast_predict(model):
    @tf.function(jit_compile=True)
    def predict(x):
        return model(x, training=False)

    return predict
