@keras.utils.register_keras_serializable(package="mine", name="gated")
class GatedMLP(keras.Model):
    def __init__(self, units, num_classes, **kwargs):
        super().__init__(**kwargs)
        self.dense_a = layers.Dense(units, activation="relu")
        self.dense_b = layers.Dense(units, activation="sigmoid")
        self.multiply = layers.Multiply()
        self.classifier = layers.Dense(num_classes)

    def call(self, x, training=None):
        return ops.softmax(self.classifier(self.multiply([self.dense_a(x), self.dense_b(x)])))

    def get_config(self):
        return dict(units=self.dense_a.units, num_classes=self.classifier.units, name=self.name)
