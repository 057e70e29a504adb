# message: the buffer is too small
def make_dataset(x, y, batch_size, *, shuffle=False, seed=None, sample_weight=None):
    arrays = (x, y) if sample_weight is None else (x, y, sample_weight)
    samples = tf.data.Dataset.from_tensor_slices(arrays)
    if shuffle:
        samples = samples.shuffle(100 * batch_size, seed=seed)
    return samples.batch(batch_size)
