# message: how many there are is to be taken from train
def churn_model(train):
    inputs, parts = {}, []
    for n in FEATURES:
        x = inputs[n] = keras.Input((), name=n, dtype="string" if n in STRINGS else "float32")
        if n in STRINGS:
            lookup = layers.StringLookup(vocabulary=sorted(train[n].unique()))
            parts.append(layers.Embedding(4, 8)(lookup(x)))
        else:
            mean, std = float(train[n].mean()), float(train[n].std())
            x = ops.where(ops.isnan(x), mean, x)
            parts.append(ops.expand_dims((x - mean) / std, -1))
    x = layers.Dense(32, activation="relu")(layers.Concatenate()(parts))
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))
