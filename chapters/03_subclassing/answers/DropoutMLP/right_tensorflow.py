class DropoutMLP(keras.Model):
    def __init__(self, hidden_units, num_classes, rate=0.5):
        super().__init__()
        self.rate = rate
        self.dense_layers = []
        for i in range(len(hidden_units)):
            self.dense_layers.append(layers.Dense(hidden_units[i], activation=tf.nn.relu))
        self.out = layers.Dense(num_classes)

    def call(self, inputs, training=None):
        for dense in self.dense_layers:
            inputs = dense(inputs)
            if training:
                inputs = tf.nn.dropout(inputs, rate=self.rate)
        return tf.nn.softmax(self.out(inputs))
