# message: Either other images were held out (use validation_split)
def train_mlp(model, images, labels, *, epochs, batch_size=64, validation_fraction=0.2):
    x = images.reshape(len(images), -1) / 255
    n = len(x) - int(len(x) * (1 - validation_fraction))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(
        x[n:], labels[n:], epochs=epochs, batch_size=batch_size,
        validation_data=(x[:n], labels[:n]), verbose=0,
    ).history
