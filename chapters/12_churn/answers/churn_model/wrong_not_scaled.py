# message: Are all numbers scaled
def churn_model(train):
    inputs, parts = {}, []
    for n in FEATURES:
        x = inputs[n] = keras.Input((), name=n, dtype="string" if n in STRINGS else "float32")
        if n in STRINGS:
            lookup = layers.StringLookup(vocabulary=sorted(train[n].unique()), output_mode="one_hot")
            parts.append(lookup(x))
        else:
            parts.append(ops.expand_dims(ops.where(ops.isnan(x), 0.0, x), -1))
    x = layers.Dense(32, activation="relu")(layers.Concatenate()(parts))
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))
