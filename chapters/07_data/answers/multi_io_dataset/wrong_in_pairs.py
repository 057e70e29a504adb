# message: should name arguments beside their lengths
def multi_io_dataset(image, series, score, label, batch_size):
    a, b, c, d = len(image), len(series), len(score), len(label)
    if a != b or c != d:
        raise ValueError(f"image: {a}, series: {b}, score: {c}, label: {d}")
    inputs = {"img_input": image, "ts_input": series}
    targets = {"score_output": score, "class_output": label}
    return tf.data.Dataset.from_tensor_slices((inputs, targets)).batch(batch_size)
