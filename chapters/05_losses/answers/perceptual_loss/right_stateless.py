def perceptual_loss(extractor, weight=0.5):
    def features(images):
        trained = [ops.stop_gradient(v.value) for v in extractor.trainable_variables]
        fixed = [v.value for v in extractor.non_trainable_variables]
        return extractor.stateless_call(trained, fixed, images, training=False)[0]

    def mse(a, b):
        return tf.reduce_mean(tf.math.squared_difference(a, b), axis=range(1, len(a.shape)))

    return lambda y_true, y_pred: mse(y_true, y_pred) + weight * mse(
        features(y_true), features(y_pred)
    )
