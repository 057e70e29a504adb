# message: Average over all axes but the first
def perceptual_loss(extractor, weight=0.5):
    extractor.trainable = False

    def loss(y_true, y_pred):
        f_true, f_pred = extractor(y_true, training=False), extractor(y_pred, training=False)
        pixels = ops.mean(ops.square(y_true - y_pred), axis=(1, 2, 3))
        return pixels + weight * ops.mean(ops.square(f_true - f_pred), axis=-1)

    return loss
