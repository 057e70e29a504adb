@keras.saving.register_keras_serializable(package="right")
class FillEmpty(layers.Layer):
    def __init__(self, value, **kwargs):
        super().__init__(**kwargs)
        self.value = value

    def call(self, inputs):
        return ops.where(ops.isnan(inputs), ops.full_like(inputs, self.value), inputs)

    def get_config(self):
        return {**super().get_config(), "value": self.value}


def churn_model(train):
    inputs, parts = [], []
    for name in FEATURES:
        text = name in ("Geography", "Gender")
        x = keras.Input(shape=(1,), name=name, dtype="string" if text else "float32")
        inputs.append(x)
        if text:
            lookup = layers.StringLookup(output_mode="one_hot")
            lookup.adapt(train[name].to_numpy(object))
            parts.append(lookup(x))
        else:
            values = train[name].dropna().to_numpy("float32").reshape(-1, 1)
            scale = layers.Normalization()
            scale.adapt(values)
            parts.append(scale(FillEmpty(float(np.median(values)))(x)))
    x = layers.concatenate(parts)
    for units in (48, 24):
        x = layers.Dense(units, activation="gelu")(x)
        x = layers.Dropout(0.1)(x)
    outputs = layers.Dense(1, activation="sigmoid", name="Exited")(x)
    return keras.Model({x.name: x for x in inputs}, outputs)
