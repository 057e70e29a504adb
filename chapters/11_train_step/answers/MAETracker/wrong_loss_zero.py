# message: loss is 0.0 in the logs
class MAETracker(keras.Model):
    """Trains on the mean squared error and logs loss and mae."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.mae_tracker = keras.metrics.MeanAbsoluteError(name="mae")

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = ops.mean(ops.square(y - y_pred))
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply(gradients, self.trainable_weights)
        self.mae_tracker.update_state(y, y_pred)
        return {"loss": loss, "mae": self.mae_tracker.result()}
