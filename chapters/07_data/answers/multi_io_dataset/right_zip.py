def multi_io_dataset(image, series, score, label, batch_size):
    sizes = [len(a) for a in (image, series, score, label)]
    if min(sizes) != max(sizes):
        names = ("image", "series", "score", "label")
        raise ValueError(", ".join(f"len({n}) = {s}" for n, s in zip(names, sizes)))
    image, series, score, label = map(
        tf.data.Dataset.from_tensor_slices, (image, series, score, label)
    )
    inputs = {"img_input": image, "ts_input": series}
    targets = {"score_output": score, "class_output": label}
    return tf.data.Dataset.zip((inputs, targets)).batch(batch_size)
