# message: normal ones have 0 and 1
class TwoPlayer(keras.Model):
    """A generative adversarial network: trains a discriminator and a generator in turn."""

    def __init__(self, discriminator, generator, latent_dim):
        super().__init__()
        self.discriminator = discriminator
        self.generator = generator
        self.latent_dim = latent_dim
        self.d_tracker = keras.metrics.Mean(name="d_loss")
        self.g_tracker = keras.metrics.Mean(name="g_loss")

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        """Set one optimizer for each network, and the loss loss_fn(y_true, y_pred) for both."""
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.loss_fn = loss_fn

    @property
    def metrics(self):
        return [self.d_tracker, self.g_tracker]

    def train_step(self, data):
        """Train the discriminator, then the generator, on one batch; returns the logs."""
        real, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        size = ops.shape(real)[0]
        labels = ops.concatenate([ops.ones((size, 1)), ops.zeros((size, 1))])

        fake = self.generator(keras.random.uniform((size, self.latent_dim)), training=True)
        with tf.GradientTape() as tape:
            scores = self.discriminator(ops.concatenate([real, fake]), training=True)
            d_loss = self.loss_fn(labels, scores)
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        with tf.GradientTape() as tape:
            fake = self.generator(keras.random.uniform((size, self.latent_dim)), training=True)
            scores = self.discriminator(fake, training=True)
            g_loss = self.loss_fn(ops.ones((size, 1)), scores)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply(tape.gradient(g_loss, weights), weights)

        self.d_tracker.update_state(d_loss)
        self.g_tracker.update_state(g_loss)
        return {metric.name: metric.result() for metric in self.metrics}
