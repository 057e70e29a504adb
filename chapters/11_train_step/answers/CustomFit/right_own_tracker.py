class CustomFit(keras.Model):
    """A model whose own training step equals the built-in one."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.mean_loss = keras.metrics.Mean(name="loss")

    def train_step(self, data):
        x, y, *rest = data
        weight = rest[0] if rest else None
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x, y, y_pred, weight)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        logs = self.compute_metrics(x, y, y_pred, weight)
        self.mean_loss.update_state(tf.repeat(loss, tf.shape(x)[0]))
        logs["loss"] = self.mean_loss.result()
        return logs
