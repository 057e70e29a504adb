# message: learns to see less difference
def perceptual_loss(extractor, weight=0.5):
    def mse(a, b):
        return ops.mean(ops.square(a - b), axis=tuple(range(1, len(a.shape))))

    def loss(y_true, y_pred):
        extractor.trainable = False
        f_true, f_pred = extractor(y_true, training=False), extractor(y_pred, training=False)
        extractor.trainable = True
        return mse(y_true, y_pred) + weight * mse(f_true, f_pred)

    return loss
