# message: and the labels are integers: do the shape of the images and the loss fit?
def train_mlp(model, images, labels, *, epochs, batch_size=64, validation_fraction=0.2):
    x = images.reshape(len(images), -1) / 255
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model.fit(
        x, labels, epochs=epochs, batch_size=batch_size,
        validation_split=validation_fraction, verbose=0,
    ).history
