# message: the extractor took over the training mode
def perceptual_loss(extractor, weight=0.5):
    extractor.trainable = False

    def mse(a, b):
        return ops.mean(ops.square(a - b), axis=tuple(range(1, len(a.shape))))

    def loss(y_true, y_pred):
        return mse(y_true, y_pred) + weight * mse(extractor(y_true), extractor(y_pred))

    return loss
