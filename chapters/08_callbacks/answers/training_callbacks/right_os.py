import os


def training_callbacks(directory, monitor="val_loss", patience=2):
    os.makedirs(directory, exist_ok=True)
    mode = "max" if "acc" in monitor else "min"
    log = keras.callbacks.CSVLogger(os.path.join(directory, "log.csv"), append=False)
    save = keras.callbacks.ModelCheckpoint(
        filepath=f"{directory}/best.keras", monitor=monitor, save_best_only=True, mode=mode, verbose=0
    )
    stop = keras.callbacks.EarlyStopping(
        monitor=monitor, patience=patience, mode=mode, restore_best_weights=True, min_delta=0
    )
    return [log, save, stop]
