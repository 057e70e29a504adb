# message: Age is cut to a whole number
def churn_model(train):
    inputs, parts = {}, []
    for n in FEATURES:
        x = inputs[n] = keras.Input((), name=n, dtype="string" if n in STRINGS else "float32")
        if n in STRINGS:
            lookup = layers.StringLookup(vocabulary=sorted(train[n].unique()), output_mode="one_hot")
            parts.append(lookup(x))
            continue
        mean, std = float(train[n].mean()), float(train[n].std())
        if n == "Age":
            x = ops.cast(ops.cast(x, "int32"), "float32")
        x = ops.where(ops.isnan(x), mean, x)
        parts.append(ops.expand_dims((x - mean) / std, -1))
    x = layers.Dense(32, activation="relu")(layers.Concatenate()(parts))
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))
