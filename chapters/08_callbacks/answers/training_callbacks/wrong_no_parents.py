# message: make it with parents=True
def training_callbacks(directory, monitor="val_loss", patience=2):
    directory = Path(directory)
    directory.mkdir(exist_ok=True)
    return [
        keras.callbacks.EarlyStopping(monitor, patience=patience, restore_best_weights=True),
        keras.callbacks.ModelCheckpoint(directory / "best.keras", monitor=monitor, save_best_only=True),
        keras.callbacks.CSVLogger(directory / "log.csv"),
    ]
