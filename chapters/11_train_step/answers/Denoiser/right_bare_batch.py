class Denoiser(keras.Model):
    """Trains network to give the clean image for image + Gaussian noise.

    network: images -> images of the same shape; stddev: of the noise, at most 1; seed: an int.
    """

    def __init__(self, network, stddev=0.3, seed=0):
        super().__init__()
        self.network = network
        self.noise = layers.GaussianNoise(stddev, seed=seed)
        self.loss_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_tracker]

    def call(self, images, training=False):
        """The network's output for the images as they are."""
        return self.network(images, training=training)

    def train_step(self, data):
        """Train on one batch of images; returns the logs."""
        images = data  # fit(images) has nothing else
        noisy = self.noise(images, training=True)
        with tf.GradientTape() as tape:
            loss = ops.mean((self(noisy, training=True) - images) ** 2)
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply(gradients, self.trainable_weights)
        self.loss_tracker.update_state(loss, sample_weight=ops.shape(images)[0])
        return {"loss": self.loss_tracker.result()}
