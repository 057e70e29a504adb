# message: the gradient of that class's score
def saliency(model, images, class_index):
    x = tf.cast(images, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        scores = tf.reduce_max(model(x, training=False), axis=-1)
    return np.abs(tape.gradient(scores, x).numpy())
