@keras.saving.register_keras_serializable()
class GatedMLP(keras.Model):
    def __init__(self, units, num_classes, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.num_classes = num_classes
        self.gating = keras.Sequential([layers.Dense(units), layers.Activation("sigmoid")])
        self.values = layers.Dense(units)
        self.head = layers.Dense(num_classes, activation=keras.activations.softmax)

    def call(self, inputs):
        gated = self.gating(inputs) * self.values(inputs)
        return self.head(tf.nn.relu(gated))

    def get_config(self):
        config = super().get_config()
        config.update({"units": self.units, "num_classes": self.num_classes})
        return config
