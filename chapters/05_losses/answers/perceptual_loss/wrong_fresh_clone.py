# message: those of the features
def perceptual_loss(extractor, weight=0.5):
    copy = keras.models.clone_model(extractor)
    copy.trainable = False

    def mse(a, b):
        return ops.mean(ops.square(a - b), axis=tuple(range(1, len(a.shape))))

    def loss(y_true, y_pred):
        f_true, f_pred = copy(y_true, training=False), copy(y_pred, training=False)
        return mse(y_true, y_pred) + weight * mse(f_true, f_pred)

    return loss
