# message: at the end of the epoch that reaches the target
class StopAt(keras.callbacks.Callback):
    def __init__(self, monitor, target, mode):
        super().__init__()
        if mode not in ("min", "max"):
            raise ValueError("mode must be 'min' or 'max'")
        self.monitor, self.target = monitor, target

    def on_train_begin(self, logs=None):
        self.stopped_epoch = None

    def on_epoch_end(self, epoch, logs=None):
        value = logs.get(self.monitor)
        if value is None:
            warnings.warn(f"no {self.monitor}", stacklevel=2)
        elif value == self.target:
            self.stopped_epoch = epoch
            self.model.stop_training = True
