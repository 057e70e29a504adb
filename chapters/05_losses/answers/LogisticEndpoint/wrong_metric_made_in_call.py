# message: Make loss and metric in __init__
class LogisticEndpoint(layers.Layer):
    def __init__(self, name="logistic_endpoint", **kwargs):
        super().__init__(name=name, **kwargs)

    def call(self, logits, targets=None, sample_weight=None):
        probabilities = ops.sigmoid(logits)
        if targets is not None:
            loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)
            self.add_loss(loss_fn(targets, logits, sample_weight))
            self.accuracy = keras.metrics.BinaryAccuracy()
            self.accuracy.update_state(targets, probabilities)
        return probabilities
