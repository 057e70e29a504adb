# message: Is the forward pass in training mode
class GradientAccumulation(keras.Model):
    """Applies the mean gradient of `every` batches once per `every` batches."""

    def __init__(self, inputs, outputs, every):
        super().__init__(inputs, outputs)
        self.every = every
        self.seen = tf.Variable(0, trainable=False)
        self.sums = [tf.Variable(tf.zeros(w.shape), trainable=False) for w in self.trainable_weights]

    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        gradients = tape.gradient(loss, self.trainable_weights)
        for total, gradient in zip(self.sums, gradients):
            total.assign_add(gradient / self.every)
        self.seen.assign_add(1)
        self.optimizer.build(self.trainable_weights)

        def update():
            self.optimizer.apply([total.read_value() for total in self.sums], self.trainable_weights)
            for total in self.sums:
                total.assign(tf.zeros_like(total))

        tf.cond(self.seen % self.every == 0, update, lambda: None)
        return {"loss": loss}
