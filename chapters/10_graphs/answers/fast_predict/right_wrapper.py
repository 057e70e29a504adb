def fast_predict(model):
    def forward(x):
        return model(x, training=False)

    compiled = tf.function(forward, jit_compile=True)

    def f(x):
        return np.argmax(compiled(tf.convert_to_tensor(x)).numpy(), axis=-1)

    return f
