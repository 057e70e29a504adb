class LossHistory(keras.callbacks.Callback):
    def on_train_begin(self, logs={}):
        self.epochs = []

    def on_epoch_begin(self, epoch, logs={}):
        self.batch_losses = []

    def on_batch_end(self, batch, logs={}):
        self.batch_losses.append(logs.get("loss"))

    def on_epoch_end(self, epoch, logs={}):
        self.epochs.append(self.batch_losses)
