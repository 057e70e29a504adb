# message: The largest batch had 32 images. With no batch_size named, it is 64 here
def train_mlp(model, images, labels, *, epochs, batch_size=64, validation_fraction=0.2):
    x = images.reshape(len(images), -1) / 255
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(
        x, labels, epochs=epochs, validation_split=validation_fraction, verbose=0
    ).history
