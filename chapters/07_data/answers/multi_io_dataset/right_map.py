def multi_io_dataset(image, series, score, label, batch_size):
    given = dict(image=image, series=series, score=score, label=label)
    lengths = {name: array.shape[0] for name, array in given.items()}
    first = lengths["image"]
    if any(length != first for length in lengths.values()):
        raise ValueError(f"different numbers of samples: {lengths}")

    def name_parts(i, t, s, c):
        return {"ts_input": t, "img_input": i}, {"class_output": c, "score_output": s}

    samples = tf.data.Dataset.from_tensor_slices((image, series, score, label))
    return samples.batch(batch_size).map(name_parts)
