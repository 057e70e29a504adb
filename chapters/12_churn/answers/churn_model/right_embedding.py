def churn_model(train):
    inputs = {
        n: keras.Input((), name=n, dtype="string" if n in STRINGS else "float32") for n in FEATURES
    }
    known = {n: train[n].astype("float64") for n in FEATURES if n not in STRINGS}
    columns = [ops.expand_dims(inputs[n], -1) for n in known]
    numbers = ops.concatenate(columns, axis=-1)
    empty = ops.isnan(numbers)
    low = np.array([known[n].min() for n in known], dtype="float32")
    span = np.array([known[n].max() - known[n].min() for n in known], dtype="float32")
    scaled = layers.Rescaling(scale=(1 / span).tolist(), offset=(-low / span).tolist())(numbers)
    scaled = ops.where(empty, 0.5, scaled)
    parts = [scaled, ops.cast(empty, "float32")]
    for n in STRINGS:
        lookup = layers.StringLookup(vocabulary=list(train[n].unique()))
        parts.append(layers.Embedding(lookup.vocabulary_size(), 4)(lookup(inputs[n])))
    x = layers.Dense(32, activation="relu")(layers.Concatenate()(parts))
    x = layers.Dense(1)(x)
    return keras.Model(inputs=inputs, outputs=layers.Activation("sigmoid")(x))
