# message: a second and worse fit: training ran for 4 epochs, it should be 3
def training_callbacks(directory, monitor="val_loss", patience=2):
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    return [
        keras.callbacks.EarlyStopping(
            monitor, patience=patience, restore_best_weights=True, start_from_epoch=1
        ),
        keras.callbacks.ModelCheckpoint(
            directory / "best.keras", monitor=monitor, save_best_only=True
        ),
        keras.callbacks.CSVLogger(directory / "log.csv"),
    ]
