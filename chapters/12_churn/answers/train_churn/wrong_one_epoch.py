# message: while the AUC on validation was rising
def train_churn(model, train, validation, *, epochs=15):
    model.compile(keras.optimizers.Adam(3e-3), "binary_crossentropy", metrics=[keras.metrics.AUC(name="auc")])
    stop = keras.callbacks.EarlyStopping("val_auc", mode="max", patience=4, restore_best_weights=True)
    y = train["Exited"].to_numpy()
    data = (features(validation), validation["Exited"].to_numpy())
    left = y.mean()
    return model.fit(features(train), y, batch_size=128, epochs=min(epochs, 1), class_weight={0: 0.5 / (1 - left), 1: 0.5 / left},
        validation_data=data, callbacks=[stop], verbose=0).history
