def train_mlp(model, images, labels, *, epochs, batch_size=64, validation_fraction=0.2):
    x = np.divide(images, 255.0).reshape((images.shape[0], 784))
    model.compile(
        optimizer=keras.optimizers.Nadam(),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(
        x, labels, epochs=epochs, batch_size=batch_size, validation_split=validation_fraction, verbose=2
    )
    return model.history.history
