def train_mlp(model, images, labels, *, epochs, batch_size=64, validation_fraction=0.2):
    pixels = tf.reshape(tf.cast(images, "float32"), (-1, 28 * 28)) / 255.0
    model.compile(
        keras.optimizers.RMSprop(2e-3),
        keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    fitted = model.fit(
        pixels.numpy(), labels, batch_size, epochs, validation_split=validation_fraction, verbose=0
    )
    return dict(fitted.history)
