# message: After the model's weights had changed, f still answered with the old ones
def fast_predict(model):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())

    @tf.function(jit_compile=True)
    def predict(x):
        return tf.argmax(copy(x, training=False), axis=-1)

    return predict
