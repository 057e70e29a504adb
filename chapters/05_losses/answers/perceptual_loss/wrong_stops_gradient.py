# message: The gradient reaches y_pred through the images only
def perceptual_loss(extractor, weight=0.5):
    def mse(a, b):
        return ops.mean(ops.square(a - b), axis=tuple(range(1, len(a.shape))))

    def loss(y_true, y_pred):
        f_true, f_pred = extractor(y_true, training=False), extractor(y_pred, training=False)
        return mse(y_true, y_pred) + weight * ops.stop_gradient(mse(f_true, f_pred))

    return loss
