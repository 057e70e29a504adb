# message: should name arguments beside their lengths
def multi_io_dataset(image, series, score, label, batch_size):
    lengths = {"image": len(image), "series": len(series), "score": len(score), "label": len(label)}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"lengths differ: {sorted(lengths.values())}")
    inputs = {"img_input": image, "ts_input": series}
    targets = {"score_output": score, "class_output": label}
    return tf.data.Dataset.from_tensor_slices((inputs, targets)).batch(batch_size)
