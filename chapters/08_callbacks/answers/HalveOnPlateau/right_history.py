class HalveOnPlateau(keras.callbacks.Callback):
    def __init__(self, monitor="val_loss", patience=2, min_lr=0.0):
        super().__init__()
        self.monitor = monitor
        self.patience = patience
        self.min_lr = min_lr

    def on_train_begin(self, logs=None):
        self.values = []
        self.since = 0

    def on_epoch_end(self, epoch, logs=None):
        current = logs.get(self.monitor)
        improved = all(current < value for value in self.values)
        self.values.append(current)
        self.since = 0 if improved else self.since + 1
        if self.since and self.since % self.patience == 0:
            half = self.model.optimizer.learning_rate.numpy() / 2
            self.model.optimizer.learning_rate.assign(half if half > self.min_lr else self.min_lr)
