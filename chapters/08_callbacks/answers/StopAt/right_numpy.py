class StopAt(keras.callbacks.Callback):
    def __init__(self, monitor, target, mode):
        if not (mode == "min" or mode == "max"):
            raise ValueError("The mode is min or max.")
        super().__init__()
        self.key, self.goal, self.compare = monitor, target, np.less_equal if mode == "min" else np.greater_equal

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_begin(self, logs=None):
        self.stopped_epoch = None

    def on_epoch_end(self, epoch, logs=None):
        value = logs.get(self.key, np.nan)
        if np.isnan(value):
            warnings.warn(f"{self.key!r} is not in {list(logs)}")
        if self.compare(value, self.goal):
            self.stopped_epoch = self.epoch
            self.model.stop_training = True
