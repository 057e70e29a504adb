class LogisticEndpoint(layers.Layer):
    def __init__(self, name="logistic_endpoint", **kwargs):
        super(LogisticEndpoint, self).__init__(name=name, **kwargs)
        self.accuracy = keras.metrics.BinaryAccuracy()
        self.activation = layers.Activation("sigmoid")

    def call(self, logits, targets=None, sample_weight=None):
        probabilities = self.activation(logits)
        if targets is not None:
            losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=targets, logits=logits)
            losses = tf.squeeze(losses, axis=-1)
            if sample_weight is not None:
                losses *= tf.reshape(sample_weight, [-1])
            self.add_loss(tf.reduce_sum(losses) / tf.cast(tf.shape(logits)[0], tf.float32))
            self.accuracy.update_state(targets, probabilities)
        return probabilities
