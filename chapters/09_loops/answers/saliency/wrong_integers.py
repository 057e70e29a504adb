# message: Integers have no gradient
def saliency(model, images, class_index):
    x = tf.convert_to_tensor(images)
    with tf.GradientTape() as tape:
        tape.watch(x)
        scores = model(x, training=False)[:, class_index]
    return np.abs(tape.gradient(scores, x).numpy())
