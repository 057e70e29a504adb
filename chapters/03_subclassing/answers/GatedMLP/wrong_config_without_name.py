# message: lacks its name
@keras.saving.register_keras_serializable()
class GatedMLP(keras.Model):
    def __init__(self, units, num_classes, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.num_classes = num_classes
        self.gate = layers.Dense(units, activation="sigmoid")
        self.value = layers.Dense(units, activation="relu")
        self.head = layers.Dense(num_classes, activation="softmax")

    def call(self, inputs):
        return self.head(self.gate(inputs) * self.value(inputs))

    def get_config(self):
        return {"units": self.units, "num_classes": self.num_classes}
