# message: A probability that is rounded, or clipped, knows no more how wrong it is
class LogisticEndpoint(layers.Layer):
    def __init__(self, name="logistic_endpoint", **kwargs):
        super().__init__(name=name, **kwargs)
        self.loss_fn = keras.losses.BinaryCrossentropy()
        self.accuracy = keras.metrics.BinaryAccuracy()

    def call(self, logits, targets=None, sample_weight=None):
        probabilities = 1 / (1 + ops.exp(-logits))
        if targets is not None:
            self.add_loss(self.loss_fn(targets, probabilities, sample_weight))
            self.accuracy.update_state(targets, probabilities)
        return probabilities
