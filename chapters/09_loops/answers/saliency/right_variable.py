def saliency(model, images, class_index):
    pixels = tf.Variable(tf.cast(images, "float32"))
    with tf.GradientTape() as tape:
        score = tf.reduce_sum(model(pixels, training=False)[..., class_index])
    return tf.abs(tape.gradient(score, pixels)).numpy()
