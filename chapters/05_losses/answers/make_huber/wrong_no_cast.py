# message: With integer targets (int32) the loss function raises
def make_huber(threshold=1.0):
    def loss(y_true, y_pred):
        size = tf.abs(y_true - y_pred)
        values = tf.where(size <= threshold, size**2 / 2, threshold * size - threshold**2 / 2)
        return tf.reduce_mean(values, axis=tuple(range(1, len(values.shape))))

    return loss
