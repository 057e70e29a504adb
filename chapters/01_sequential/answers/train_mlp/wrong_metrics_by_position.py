# message: compile took ['accuracy'] for loss_weights, which are its third argument
def train_mlp(model, images, labels, *, epochs, batch_size=64, validation_fraction=0.2):
    x = images.reshape(len(images), -1) / 255
    model.compile("nadam", "sparse_categorical_crossentropy", ["accuracy"])
    return model.fit(
        x, labels, batch_size, epochs, validation_split=validation_fraction, verbose=0
    ).history
