# message: Each such epoch causes one
class StopAt(keras.callbacks.Callback):
    def __init__(self, monitor, target, mode):
        super().__init__()
        if mode not in ("min", "max"):
            raise ValueError("mode must be 'min' or 'max'")
        self.monitor, self.target, self.mode = monitor, target, mode
        self.stopped_epoch = None

    def on_train_begin(self, logs=None):
        self.stopped_epoch = None
        self.missing = False

    def on_epoch_end(self, epoch, logs=None):
        if self.missing:
            return
        value = logs.get(self.monitor)
        if value is None:
            warnings.warn(f"{self.monitor} is missing")
            self.missing = True
            return
        if value <= self.target if self.mode == "min" else value >= self.target:
            self.stopped_epoch = epoch
            self.model.stop_training = True
