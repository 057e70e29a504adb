# message: the noise is the same in all steps. NumPy draws only while
class Denoiser(keras.Model):
    """Trains network to give the clean image for image + Gaussian noise."""

    def __init__(self, network, stddev=0.3, seed=0):
        super().__init__()
        self.network = network
        self.stddev = stddev
        self.generator = np.random.default_rng(seed)
        self.loss_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_tracker]

    def call(self, images, training=False):
        return self.network(images, training=training)

    def train_step(self, data):
        images, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        noise = self.generator.normal(0, self.stddev, size=images.shape).astype("float32")
        with tf.GradientTape() as tape:
            loss = ops.mean((self(images + noise, training=True) - images) ** 2)
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply(gradients, self.trainable_weights)
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}
