# message: Divide by 255, not by what the images happen to hold.
def train_mlp(model, images, labels, *, epochs, batch_size=64, validation_fraction=0.2):
    x = images.reshape(len(images), -1) / images.max()
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(
        x, labels, epochs=epochs, batch_size=batch_size, validation_split=validation_fraction, verbose=0
    ).history
