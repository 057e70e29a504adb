class TwoPlayer(keras.Model):
    """A generative adversarial network: trains a discriminator and a generator in turn."""

    def __init__(self, discriminator, generator, latent_dim):
        super().__init__()
        self.discriminator = discriminator
        self.generator = generator
        self.latent_dim = latent_dim

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile(optimizer=d_optimizer)
        self.g_optimizer = g_optimizer
        self.loss_fn = loss_fn

    def sample(self, real):
        return self.generator(tf.random.normal((tf.shape(real)[0], self.latent_dim)), training=True)

    def train_step(self, data):
        real = tf.nest.flatten(data)[0]
        with tf.GradientTape() as tape:
            on_real = self.discriminator(real, training=True)
            on_fake = self.discriminator(tf.stop_gradient(self.sample(real)), training=True)
            d_loss = self.loss_fn(tf.ones_like(on_real), on_real)
            d_loss += self.loss_fn(tf.zeros_like(on_fake), on_fake)
        variables = self.discriminator.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(d_loss, variables), variables))
        with tf.GradientTape() as tape:
            on_fake = self.discriminator(self.sample(real), training=True)
            g_loss = self.loss_fn(tf.ones_like(on_fake), on_fake)
        variables = self.generator.trainable_variables
        self.g_optimizer.apply_gradients(zip(tape.gradient(g_loss, variables), variables))
        return {"d_loss": d_loss, "g_loss": g_loss}
