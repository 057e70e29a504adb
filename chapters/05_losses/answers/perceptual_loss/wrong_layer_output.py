# message: is a symbol from the making of the model
def perceptual_loss(extractor, weight=0.5):
    extractor.trainable = False
    target = feature = extractor.layers[-1].output

    def mse(a, b):
        return ops.mean(ops.square(a - b), axis=tuple(range(1, len(a.shape))))

    def loss(y_true, y_pred):
        return mse(y_true, y_pred) + weight * mse(target, feature)

    return loss
