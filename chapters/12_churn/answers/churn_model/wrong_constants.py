# message: the numbers are scaled by fixed constants and not by what train holds
def churn_model(train):
    scale = {"CreditScore": 850, "Age": 100, "Tenure": 10, "Balance": 250_000}
    scale |= {"NumOfProducts": 4, "HasCrCard": 1, "IsActiveMember": 1, "EstimatedSalary": 200_000}
    inputs, parts = {}, []
    for n in FEATURES:
        x = inputs[n] = keras.Input((), name=n, dtype="string" if n in STRINGS else "float32")
        if n in STRINGS:
            lookup = layers.StringLookup(vocabulary=sorted(train[n].unique()), output_mode="one_hot")
            parts.append(lookup(x))
        else:
            parts.append(ops.expand_dims(ops.where(ops.isnan(x), 0.5, x) / scale[n], -1))
    x = layers.Dense(32, activation="relu")(layers.Concatenate()(parts))
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))
