class LogisticEndpoint(layers.Layer):
    def __init__(self, name="logistic_endpoint", **kwargs):
        super().__init__(name=name, **kwargs)
        self.bce = keras.losses.BinaryCrossentropy(from_logits=True)
        self.accuracy = keras.metrics.BinaryAccuracy(threshold=0.0)

    def call(self, logits, targets=None, sample_weight=None):
        if targets is not None:
            loss = self.bce(targets, logits, sample_weight=sample_weight)
            self.add_loss(loss)
            self.accuracy.update_state(targets, logits, sample_weight)
        return keras.activations.sigmoid(logits)
