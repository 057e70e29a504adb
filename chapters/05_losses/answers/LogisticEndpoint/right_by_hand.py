class LogisticEndpoint(layers.Layer):
    def __init__(self, name="logistic_endpoint", **kwargs):
        super().__init__(name=name, **kwargs)
        self.accuracy = keras.metrics.BinaryAccuracy()

    def call(self, logits, targets=None, sample_weight=None):
        probabilities = 1 / (1 + ops.exp(-logits))
        if targets is None:
            return probabilities
        losses = ops.softplus(logits) - logits * targets
        if sample_weight is not None:
            losses = losses * ops.reshape(sample_weight, (-1, 1))
        self.add_loss(ops.mean(losses))
        self.accuracy(targets, probabilities)
        return probabilities
