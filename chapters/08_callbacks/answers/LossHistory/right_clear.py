class LossHistory(keras.callbacks.Callback):
    def __init__(self):
        self.epochs = []

    def on_train_begin(self, logs=None):
        self.epochs.clear()

    def on_train_batch_end(self, batch, logs=None):
        if batch == 0:
            self.epochs += [[]]
        self.epochs[-1] = [*self.epochs[-1], logs["loss"]]
