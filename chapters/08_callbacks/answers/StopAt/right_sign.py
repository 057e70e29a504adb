class StopAt(keras.callbacks.Callback):
    def __init__(self, monitor, target, mode):
        super().__init__()
        if mode == "min":
            self.sign = 1
        elif mode == "max":
            self.sign = -1
        else:
            raise ValueError("mode")
        self.monitor = monitor
        self.target = target

    @property
    def stopped_epoch(self):
        return self._stopped[0] if self._stopped else None

    def on_train_begin(self, logs=None):
        self._stopped = []

    def on_epoch_end(self, epoch, logs=None):
        if self.monitor not in logs:
            warnings.warn("missing: " + self.monitor)
        elif self.sign * logs[self.monitor] <= self.sign * self.target:
            self._stopped.append(epoch)
            self.model.stop_training = True
