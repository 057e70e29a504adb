from itertools import combinations


def multi_io_dataset(image, series, score, label, batch_size):
    arrays = {"image": image, "series": series, "score": score, "label": label}
    for a, b in combinations(arrays, 2):
        if len(arrays[a]) != len(arrays[b]):
            raise ValueError(f"{a} has {len(arrays[a])} samples but {b} has {len(arrays[b])}")

    def batches():
        for start in range(0, len(image), batch_size):
            rows = slice(start, start + batch_size)
            yield (
                {"img_input": image[rows], "ts_input": series[rows]},
                {"score_output": score[rows], "class_output": label[rows]},
            )

    def spec(array):
        return tf.TensorSpec((None, *array.shape[1:]), array.dtype)

    return tf.data.Dataset.from_generator(
        batches,
        output_signature=(
            {"img_input": spec(image), "ts_input": spec(series)},
            {"score_output": spec(score), "class_output": spec(label)},
        ),
    )
