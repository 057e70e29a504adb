class RootMeanSquaredError(keras.metrics.Metric):
    def __init__(self, name="rmse", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.state = self.add_variable(shape=(2,), initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y = tf.cast(y_true, tf.float32)
        if len(y.shape) < len(y_pred.shape):
            y = y[..., tf.newaxis]
        e = tf.math.squared_difference(y, y_pred)
        if sample_weight is None:
            w = tf.ones_like(e)
        else:
            w = tf.cast(sample_weight, tf.float32)
            if w.shape.rank == 1:
                w = w[:, tf.newaxis]
            w = tf.broadcast_to(w, tf.shape(e))
        self.state.assign_add([tf.reduce_sum(w * e), tf.reduce_sum(w)])

    def result(self):
        total, count = self.state[0], self.state[1]
        return tf.sqrt(tf.math.divide_no_nan(total, count))

    def reset_state(self):
        self.state.assign(tf.zeros(2))
