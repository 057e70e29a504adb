# message: There is no pause: the count starts with it
class HalveOnPlateau(keras.callbacks.Callback):
    def __init__(self, monitor="val_loss", patience=2, min_lr=0.0):
        super().__init__()
        self.monitor, self.patience, self.min_lr = monitor, patience, min_lr

    def on_train_begin(self, logs=None):
        self.best, self.wait, self.cooldown = float("inf"), 0, 0

    def on_epoch_end(self, epoch, logs=None):
        value = logs[self.monitor]
        if value < self.best:
            self.best, self.wait = value, 0
        elif self.cooldown:
            self.cooldown -= 1
        else:
            self.wait += 1
            if self.wait == self.patience:
                optimizer = self.model.optimizer
                optimizer.learning_rate = max(float(optimizer.learning_rate) / 2, self.min_lr)
                self.wait, self.cooldown = 0, 1
