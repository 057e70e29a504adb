# message: no Lambda around a Python function
def churn_model(train):
    inputs, parts = {}, []
    for n in FEATURES:
        x = inputs[n] = keras.Input((), name=n, dtype="string" if n in STRINGS else "float32")
        if n in STRINGS:
            lookup = layers.StringLookup(vocabulary=sorted(train[n].unique()), output_mode="one_hot")
            parts.append(lookup(x))
        else:
            mean, std = float(train[n].mean()), float(train[n].std())
            scale = layers.Lambda(
                lambda x, mean=mean, std=std: ops.expand_dims(
                    (ops.where(ops.isnan(x), mean, x) - mean) / std, -1
                )
            )
            parts.append(scale(x))
    x = layers.Dense(32, activation="relu")(layers.Concatenate()(parts))
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))
