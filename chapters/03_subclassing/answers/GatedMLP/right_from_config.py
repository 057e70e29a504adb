class GatedMLP(keras.Model):
    def __init__(self, units, num_classes, **kwargs):
        super(GatedMLP, self).__init__(**kwargs)
        self.settings = (units, num_classes)

    def build(self, input_shape):
        units, num_classes = self.settings
        self.two = [layers.Dense(units, activation=a) for a in ("sigmoid", "relu")]
        self.out = layers.Dense(num_classes, activation="softmax")
        for layer in self.two:
            layer.build(input_shape)
        self.out.build((None, units))

    def call(self, inputs):
        gate, value = [layer(inputs) for layer in self.two]
        return self.out(gate * value)

    def get_config(self):
        config = super().get_config()
        config["settings"] = self.settings
        return config

    @classmethod
    def from_config(cls, config):
        others = {**config}
        settings = others.pop("settings")
        return cls(*settings, **others)


keras.saving.get_custom_objects()["GatedMLP"] = GatedMLP
