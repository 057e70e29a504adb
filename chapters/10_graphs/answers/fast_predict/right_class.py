class Predictor(tf.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    @tf.function(jit_compile=True, reduce_retracing=True)
    def __call__(self, x):
        return tf.math.top_k(self.model.call(x, training=False), k=1).indices[:, 0]


def fast_predict(model):
    predictor = Predictor(model)
    return lambda x: tf.cast(predictor(x), tf.int64)
