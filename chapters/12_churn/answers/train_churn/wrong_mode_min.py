# message: Best is the largest AUC
def train_churn(model, train, validation, *, epochs=15):
    model.compile(keras.optimizers.Adam(1e-2), "binary_crossentropy", metrics=[keras.metrics.AUC(name="auc")])
    stop = keras.callbacks.EarlyStopping("val_auc", mode="min", patience=40, restore_best_weights=True)
    short = keras.callbacks.EarlyStopping("val_auc", mode="max", patience=8)
    left = train["Exited"].mean()
    data = (features(validation), validation["Exited"].to_numpy())
    return model.fit(
        features(train), train["Exited"].to_numpy(), batch_size=128, epochs=epochs,
        validation_data=data, class_weight={0: 0.5 / (1 - left), 1: 0.5 / left}, callbacks=[stop, short], verbose=0,
    ).history
