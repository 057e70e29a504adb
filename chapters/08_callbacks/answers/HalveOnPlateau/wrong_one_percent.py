# message: A small improvement was not counted
class HalveOnPlateau(keras.callbacks.Callback):
    def __init__(self, monitor="val_loss", patience=2, min_lr=0.0):
        super().__init__()
        self.monitor, self.patience, self.min_lr = monitor, patience, min_lr
        self.best, self.wait = float("inf"), 0

    def on_epoch_end(self, epoch, logs=None):
        value = logs[self.monitor]
        if value < self.best - 0.01 * abs(value):
            self.best, self.wait = value, 0
            return
        self.wait += 1
        if self.wait == self.patience:
            rate = float(self.model.optimizer.learning_rate)
            self.model.optimizer.learning_rate = max(rate / 2, self.min_lr)
            self.wait = 0
