# message: the vocabulary is not taken from train
def churn_model(train):
    inputs, parts = {}, []
    for n in FEATURES:
        x = inputs[n] = keras.Input((), name=n, dtype="string" if n in STRINGS else "float32")
        if n in STRINGS:
            words = ["France", "Germany", "Spain"] if n == "Geography" else ["Female", "Male"]
            parts.append(layers.StringLookup(vocabulary=words, output_mode="one_hot")(x))
        else:
            mean, std = float(train[n].mean()), float(train[n].std())
            x = ops.where(ops.isnan(x), mean, x)
            parts.append(ops.expand_dims((x - mean) / std, -1))
    x = layers.Dense(32, activation="relu")(layers.Concatenate()(parts))
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))
