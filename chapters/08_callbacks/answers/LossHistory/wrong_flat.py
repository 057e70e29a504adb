# message: it should hold one list per epoch, not the numbers themselves
class LossHistory(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.epochs = []

    def on_train_begin(self, logs=None):
        self.epochs = []

    def on_train_batch_end(self, batch, logs=None):
        self.epochs.append(logs["loss"])
