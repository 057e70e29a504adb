# message: for this object alone
class LossHistory(keras.callbacks.Callback):
    epochs = []

    def on_train_begin(self, logs=None):
        self.epochs.clear()

    def on_epoch_begin(self, epoch, logs=None):
        self.epochs.append([])

    def on_train_batch_end(self, batch, logs=None):
        self.epochs[-1].append(logs["loss"])
