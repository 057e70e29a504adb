# message: it raised nothing: compare all four lengths
def multi_io_dataset(image, series, score, label, batch_size):
    lengths = {"image": len(image), "series": len(series), "score": len(score), "label": len(label)}
    if len(image) != len(series):
        raise ValueError(f"lengths differ: {lengths}")
    inputs = {"img_input": image, "ts_input": series}
    targets = {"score_output": score, "class_output": label}
    parts = tf.data.Dataset.from_tensor_slices
    return tf.data.Dataset.zip(
        tf.data.Dataset.zip({name: parts(array) for name, array in inputs.items()}),
        tf.data.Dataset.zip({name: parts(array) for name, array in targets.items()}),
    ).batch(batch_size)
