class Denoiser(keras.Model):
    """Trains network to give the clean image for image + Gaussian noise."""

    def __init__(self, network, stddev=0.3, seed=0):
        super().__init__()
        self.network = network
        self.noise = layers.GaussianNoise(stddev, seed=seed)

    def call(self, images, training=False):
        return self.network(self.noise(images, training=training), training=training)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return ops.mean((y_pred - x) ** 2)
