import os


def training_callbacks(directory, monitor="val_loss", patience=2):
    os.makedirs(directory, exist_ok=True)
    log = keras.callbacks.CSVLogger(os.path.join(directory, "log.csv"))
    save = keras.callbacks.ModelCheckpoint(
        filepath=f"{directory}/best.keras", monitor=monitor, save_best_only=True
    )
    stop = keras.callbacks.EarlyStopping(
        monitor=monitor, patience=patience, restore_best_weights=True
    )
    return [log, save, stop]
