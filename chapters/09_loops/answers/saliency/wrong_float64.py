# message: The result is float32, whatever the images are.
def saliency(model, images, class_index):
    x = tf.cast(images, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        scores = model(x, training=False)[:, class_index]
    dtype = np.float64 if np.asarray(images).dtype == np.float64 else np.float32
    return np.abs(tape.gradient(scores, x).numpy()).astype(dtype)
