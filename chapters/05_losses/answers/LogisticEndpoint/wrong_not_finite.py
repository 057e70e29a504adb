# message: the loss is not finite
class LogisticEndpoint(layers.Layer):
    def __init__(self, name="logistic_endpoint", **kwargs):
        super().__init__(name=name, **kwargs)
        self.loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)
        self.accuracy = keras.metrics.BinaryAccuracy()

    def call(self, logits, targets=None, sample_weight=None):
        p = ops.sigmoid(logits)
        if targets is not None:
            losses = -(targets * ops.log(p) + (1 - targets) * ops.log(1 - p))
            if sample_weight is not None:
                losses = losses * ops.reshape(sample_weight, (-1, 1))
            self.add_loss(ops.mean(losses))
            self.accuracy.update_state(targets, p)
        return p
