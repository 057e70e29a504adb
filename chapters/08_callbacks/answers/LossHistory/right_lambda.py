class LossHistory(keras.callbacks.LambdaCallback):
    def __init__(self):
        super().__init__(
            on_train_begin=lambda logs: setattr(self, "epochs", []),
            on_epoch_begin=lambda epoch, logs: self.epochs.append([]),
            on_train_batch_end=lambda batch, logs: self.epochs[-1].append(logs["loss"]),
        )
