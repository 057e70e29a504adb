# message: Only the features are compared, not the images
def perceptual_loss(extractor, weight=0.5):
    extractor.trainable = False

    def mse(a, b):
        return ops.mean(ops.square(a - b), axis=tuple(range(1, len(a.shape))))

    def loss(y_true, y_pred):
        f_true, f_pred = extractor(y_true, training=False), extractor(y_pred, training=False)
        return weight * mse(f_true, f_pred)

    return loss
