def make_huber(threshold=1.0):
    def loss(y_true, y_pred):
        values = keras.losses.huber(y_true, y_pred, delta=threshold)  # mean over the last axis
        while len(values.shape) > 1:
            values = ops.mean(values, axis=-1)
        return values

    return loss
