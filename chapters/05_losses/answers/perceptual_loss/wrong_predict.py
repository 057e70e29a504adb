# message: Call the extractor on y_pred like a function
def perceptual_loss(extractor, weight=0.5):
    extractor.trainable = False

    def mse(a, b):
        return ops.mean(ops.square(a - b), axis=tuple(range(1, len(a.shape))))

    def loss(y_true, y_pred):
        f_true, f_pred = (extractor.predict(z, verbose=0) for z in [y_true, y_pred])
        return mse(y_true, y_pred) + weight * mse(f_true, f_pred)

    return loss
