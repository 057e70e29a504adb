# message: All images are compared with the features of the first one
def perceptual_loss(extractor, weight=0.5):
    extractor.trainable = False

    def mse(a, b):
        return ops.mean(ops.square(a - b), axis=tuple(range(1, len(a.shape))))

    def loss(y_true, y_pred):
        f_true, f_pred = extractor(y_true, training=False), extractor(y_pred, training=False)
        return mse(y_true, y_pred) + weight * mse(f_pred, f_true[0])

    return loss
