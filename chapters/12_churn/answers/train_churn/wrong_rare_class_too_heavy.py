# message: Give both classes of `train` the same total weight
def train_churn(model, train, validation, *, epochs=15):
    model.compile(keras.optimizers.Adam(3e-3), "binary_crossentropy", metrics=[keras.metrics.AUC(name="auc")])
    stop = keras.callbacks.EarlyStopping("val_auc", mode="max", patience=3, restore_best_weights=True)
    data = (features(validation), validation["Exited"].to_numpy())
    return model.fit(
        features(train), train["Exited"].to_numpy(), batch_size=128, epochs=epochs,
        validation_data=data, class_weight={0: 1.0, 1: 20.0}, callbacks=[stop], verbose=0,
    ).history
