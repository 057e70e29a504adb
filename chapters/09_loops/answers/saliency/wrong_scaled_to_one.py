# message: neither averaged nor scaled
def saliency(model, images, class_index):
    x = tf.cast(images, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        scores = model(x, training=False)[:, class_index]
    gradient = np.abs(tape.gradient(scores, x).numpy())
    return gradient / gradient.max()
