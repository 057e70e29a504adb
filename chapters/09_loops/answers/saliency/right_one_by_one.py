def saliency(model, images, class_index):
    maps = []
    for image in np.asarray(images, dtype="float32"):
        x = tf.constant(image[None])
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(x)
            score = model(x)[0, class_index]
        maps.append(np.abs(tape.gradient(score, x)[0]))
    return np.stack(maps)
