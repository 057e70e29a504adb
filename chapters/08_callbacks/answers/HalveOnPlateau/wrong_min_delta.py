# message: an improvement of any size is a new best
class HalveOnPlateau(keras.callbacks.ReduceLROnPlateau):
    def __init__(self, monitor="val_loss", patience=2, min_lr=0.0):
        super().__init__(monitor, factor=0.5, patience=patience, mode="min", min_lr=min_lr)
