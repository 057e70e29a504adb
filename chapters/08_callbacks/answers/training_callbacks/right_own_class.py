class StopAndSave(keras.callbacks.Callback):
    def __init__(self, path, monitor, patience):
        super().__init__()
        self.path, self.monitor, self.patience = path, monitor, patience
        self.sign = -1 if monitor.endswith("accuracy") else 1
        self.best = None

    def on_epoch_end(self, epoch, logs=None):
        value = self.sign * logs[self.monitor]
        if self.best is None or value < self.best:
            self.best, self.best_epoch = value, epoch
            self.weights = self.model.get_weights()
            self.model.save(self.path)
        elif epoch - self.best_epoch >= self.patience:
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        self.model.set_weights(self.weights)


def training_callbacks(directory, monitor="val_loss", patience=2):
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    stop = StopAndSave(folder / "best.keras", monitor, patience)
    return [stop, keras.callbacks.CSVLogger(folder / "log.csv")]
