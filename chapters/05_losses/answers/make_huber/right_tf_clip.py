def make_huber(threshold=1.0):
    def loss(y_true, y_pred):
        e = tf.cast(y_true, y_pred.dtype) - y_pred
        inside = tf.clip_by_value(e, -threshold, threshold)
        values = inside * (e - inside / 2)
        return tf.reduce_mean(tf.reshape(values, (tf.shape(values)[0], -1)), axis=-1)

    return loss
