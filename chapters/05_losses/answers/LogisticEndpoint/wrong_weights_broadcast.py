# message: (n, 1) and (n,) were broadcast to (n, n)
class LogisticEndpoint(layers.Layer):
    def __init__(self, name="logistic_endpoint", **kwargs):
        super().__init__(name=name, **kwargs)
        self.loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)
        self.accuracy = keras.metrics.BinaryAccuracy()

    def call(self, logits, targets=None, sample_weight=None):
        probabilities = ops.sigmoid(logits)
        if targets is not None:
            losses = ops.softplus(logits) - logits * targets
            if sample_weight is not None:
                losses = losses * sample_weight
            self.add_loss(ops.mean(losses))
            self.accuracy.update_state(targets, probabilities)
        return probabilities
