# message: neither averaged nor scaled
def saliency(model, images, class_index):
    x = tf.cast(images, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        score = tf.reduce_mean(model(x, training=False)[:, class_index])
    return np.abs(tape.gradient(score, x).numpy())
