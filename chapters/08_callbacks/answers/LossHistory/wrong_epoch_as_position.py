# message: The number of the first epoch need not be 0
class LossHistory(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.epochs = []

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        self.epochs.append([])

    def on_train_batch_end(self, batch, logs=None):
        self.epochs[self.epoch].append(logs["loss"])
