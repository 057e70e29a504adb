# message: A file that was in the directory is gone
import shutil


def training_callbacks(directory, monitor="val_loss", patience=2):
    directory = Path(directory)
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return [
        keras.callbacks.EarlyStopping(monitor, patience=patience, restore_best_weights=True),
        keras.callbacks.ModelCheckpoint(directory / "best.keras", monitor=monitor, save_best_only=True),
        keras.callbacks.CSVLogger(directory / "log.csv"),
    ]
