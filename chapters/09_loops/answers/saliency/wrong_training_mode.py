# message: Is it the score of class_index, in inference mode?
def saliency(model, images, class_index):
    x = tf.cast(images, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        scores = model(x, training=True)[:, class_index]
    return np.abs(tape.gradient(scores, x).numpy())
