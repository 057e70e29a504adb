class StopSaveLog(keras.callbacks.Callback):
    def __init__(self, directory, monitor, patience):
        super().__init__()
        self.directory, self.monitor, self.patience = Path(directory), monitor, patience
        self.sign = -1 if monitor.endswith("accuracy") else 1

    def on_train_begin(self, logs=None):
        self.directory.mkdir(parents=True, exist_ok=True)
        self.best, self.best_epoch, self.rows = None, None, []

    def on_epoch_end(self, epoch, logs=None):
        self.rows.append({"epoch": epoch, **logs})
        value = self.sign * logs[self.monitor]
        if self.best is None or value < self.best:
            self.best, self.best_epoch = value, epoch
            self.weights = self.model.get_weights()
            self.model.save(self.directory / "best.keras")
        elif epoch - self.best_epoch >= self.patience:
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        self.model.set_weights(self.weights)
        keys = list(self.rows[0])
        lines = [",".join(keys)] + [",".join(str(row[key]) for key in keys) for row in self.rows]
        (self.directory / "log.csv").write_text(chr(10).join(lines) + chr(10))


def training_callbacks(directory, monitor="val_loss", patience=2):
    return [StopSaveLog(directory, monitor, patience)]
