# message: The model has 4 arrays of weights; three Dense layers should have 6
@keras.saving.register_keras_serializable()
class GatedMLP(keras.Model):
    def __init__(self, units, num_classes, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.num_classes = num_classes
        self.hidden = layers.Dense(units)
        self.head = layers.Dense(num_classes, activation="softmax")

    def call(self, inputs):
        h = self.hidden(inputs)
        return self.head(ops.sigmoid(h) * ops.relu(h))

    def get_config(self):
        return {**super().get_config(), "units": self.units, "num_classes": self.num_classes}
