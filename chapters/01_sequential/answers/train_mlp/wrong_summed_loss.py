# message: or the loss is another one: for integer labels
def train_mlp(model, images, labels, *, epochs, batch_size=64, validation_fraction=0.2):
    x = images.reshape(len(images), -1) / 255
    loss = keras.losses.SparseCategoricalCrossentropy(reduction="sum")
    model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
    return model.fit(
        x, labels, epochs=epochs, batch_size=batch_size,
        validation_split=validation_fraction, verbose=0,
    ).history
