# message: The loss function returned a single number.
def perceptual_loss(extractor, weight=0.5):
    extractor.trainable = False

    def loss(y_true, y_pred):
        f_true, f_pred = extractor(y_true, training=False), extractor(y_pred, training=False)
        return ops.mean(ops.square(y_true - y_pred)) + weight * ops.mean(ops.square(f_true - f_pred))

    return loss
