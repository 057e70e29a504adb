# message: With batch_size=48 the largest batch had 64 images: pass it on to `fit`.
def train_mlp(model, images, labels, *, epochs, batch_size=64, validation_fraction=0.2):
    x = images.reshape(len(images), -1) / 255
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(
        x, labels, epochs=epochs, batch_size=64, validation_split=validation_fraction, verbose=0
    ).history
