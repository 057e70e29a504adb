import operator


class StopAt(keras.callbacks.Callback):
    def __init__(self, monitor, target, mode):
        self.reached = {"min": operator.le, "max": operator.ge}.get(mode)
        if self.reached is None:
            raise ValueError(f"Unknown mode: {mode!r}")
        self.monitor = monitor
        self.target = target

    def on_train_begin(self, logs):
        self.stopped_epoch = None

    def on_epoch_end(self, epoch, logs):
        try:
            value = logs[self.monitor]
        except KeyError:
            warnings.warn(f"StopAt: no {self.monitor} in epoch {epoch}", RuntimeWarning, stacklevel=2)
        else:
            if self.reached(value, self.target):
                self.stopped_epoch = epoch
                self.model.stop_training = True
