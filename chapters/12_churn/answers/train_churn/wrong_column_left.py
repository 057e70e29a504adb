# message: train_churn changed its tables
def train_churn(model, train, validation, *, epochs=15):
    model.compile(keras.optimizers.Adam(3e-3), "binary_crossentropy", metrics=[keras.metrics.AUC(name="auc")])
    stop = keras.callbacks.EarlyStopping("val_auc", mode="max", patience=4, restore_best_weights=True)
    train["weight"] = np.where(train["Exited"] == 1, 4.0, 1.0)
    y = train["Exited"].to_numpy()
    data = (features(validation), validation["Exited"].to_numpy())
    left = y.mean()
    return model.fit(features(train), y, batch_size=128, epochs=epochs, class_weight={0: 0.5 / (1 - left), 1: 0.5 / left},
        validation_data=data, callbacks=[stop], verbose=0).history
