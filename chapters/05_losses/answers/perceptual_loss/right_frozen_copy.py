def perceptual_loss(extractor, weight=0.5):
    copy = keras.models.clone_model(extractor)
    copy.set_weights(extractor.get_weights())
    copy.trainable = False

    def loss(y_true, y_pred):
        pixels = ops.square(y_pred - y_true)
        features = ops.square(copy(y_pred, training=False) - copy(y_true, training=False))
        n = ops.shape(pixels)[0]
        return ops.mean(ops.reshape(pixels, (n, -1)), axis=1) + weight * ops.mean(
            ops.reshape(features, (n, -1)), axis=1
        )

    return loss
