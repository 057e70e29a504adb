class CustomFit(keras.Model):
    """A model whose own training step equals the built-in one."""

    def total_loss(self, x, y, weight):
        y_pred = self(x, training=True)
        return self.compute_loss(y=y, y_pred=y_pred, sample_weight=weight), y_pred

    def train_step(self, data):
        if len(data) == 3:
            x, y, weight = data
        else:
            (x, y), weight = data, None
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([v.value for v in self.trainable_weights])
            loss, y_pred = self.total_loss(x, y, weight)
        self.optimizer.apply(
            tape.gradient(loss, [v.value for v in self.trainable_weights]), self.trainable_weights
        )
        tracker = next(m for m in self.metrics if m.name == "loss")
        tracker.update_state(loss, sample_weight=tf.cast(tf.shape(x)[0], "float32"))
        return self.compute_metrics(x, y, y_pred, sample_weight=weight)
