# message: Each such epoch causes one
class StopAt(keras.callbacks.Callback):
    def __init__(self, monitor, target, mode):
        super().__init__()
        if mode not in ("min", "max"):
            raise ValueError(mode)
        self.monitor, self.target, self.mode = monitor, target, mode

    def on_train_begin(self, logs=None):
        self.stopped_epoch, self.warned = None, False

    def on_epoch_end(self, epoch, logs=None):
        if self.monitor not in logs:
            if not self.warned:
                warnings.warn(f"no {self.monitor} in the logs")
                self.warned = True
            return
        value = logs[self.monitor]
        if value <= self.target if self.mode == "min" else value >= self.target:
            self.stopped_epoch = epoch
            self.model.stop_training = True
