def train_churn(model, train, validation, *, epochs=15):
    left = train["Exited"].mean()
    weight = np.where(train["Exited"] == 1, 0.5 / left, 0.5 / (1 - left)).astype("float32")
    fitting = tf.data.Dataset.from_tensor_slices(
        (features(train), train["Exited"].to_numpy("float32"), weight)
    )
    fitting = fitting.shuffle(len(train), seed=1).batch(64)
    watching = tf.data.Dataset.from_tensor_slices(
        (features(validation), validation["Exited"].to_numpy("float32"))
    ).batch(1024)
    model.compile("nadam", keras.losses.BinaryCrossentropy(), metrics=[keras.metrics.AUC(name="auc")])
    callback = keras.callbacks.EarlyStopping(
        monitor="val_auc", patience=5, mode="max", restore_best_weights=True
    )
    callbacks = [callback]
    return model.fit(
        fitting, validation_data=watching, epochs=epochs, callbacks=callbacks, verbose=0
    ).history
