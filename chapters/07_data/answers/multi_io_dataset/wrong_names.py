# message: the names of the arguments are others
def multi_io_dataset(image, series, score, label, batch_size):
    lengths = {"image": len(image), "series": len(series), "score": len(score), "label": len(label)}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"lengths differ: {lengths}")
    inputs = {"image": image, "series": series}
    targets = {"score_output": score, "class_output": label}
    return tf.data.Dataset.from_tensor_slices((inputs, targets)).batch(batch_size)
