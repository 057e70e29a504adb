@keras.saving.register_keras_serializable(package="right")
class ChurnModel(keras.Model):
    """A class of its own, with a last layer that starts at zero."""

    def __init__(self, means, deviations, vocabularies, **kwargs):
        super().__init__(**kwargs)
        self.means, self.deviations = dict(means), dict(deviations)
        self.vocabularies = {name: list(words) for name, words in vocabularies.items()}
        self.lookups = [
            layers.StringLookup(vocabulary=words, output_mode="one_hot")
            for words in self.vocabularies.values()
        ]
        self.hidden = layers.Dense(24, activation="relu")
        self.head = layers.Dense(1, activation="sigmoid", kernel_initializer="zeros")

    def call(self, inputs):
        parts = [lookup(inputs[name]) for name, lookup in zip(self.vocabularies, self.lookups)]
        for name, mean in self.means.items():
            x = ops.where(ops.isnan(inputs[name]), mean, inputs[name])
            parts.append(ops.expand_dims((x - mean) / self.deviations[name], -1))
        return self.head(self.hidden(ops.concatenate(parts, axis=-1)))

    def get_config(self):
        return {
            **super().get_config(),
            "means": self.means,
            "deviations": self.deviations,
            "vocabularies": self.vocabularies,
        }


def churn_model(train):
    numbers = train.drop(columns=STRINGS)[[name for name in FEATURES if name not in STRINGS]]
    model = ChurnModel(
        numbers.mean().to_dict(),
        numbers.std().to_dict(),
        {name: sorted(train[name].unique()) for name in STRINGS},
    )
    model({name: tf.constant(values) for name, values in features(train.head(1)).items()})
    return model
