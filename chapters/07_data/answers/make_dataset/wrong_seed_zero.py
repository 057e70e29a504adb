# message: 0 is a seed like any other
def make_dataset(x, y, batch_size, *, shuffle=False, seed=None, sample_weight=None):
    arrays = (x, y) if sample_weight is None else (x, y, sample_weight)
    dataset = tf.data.Dataset.from_tensor_slices(arrays)
    if shuffle and seed:
        dataset = dataset.shuffle(len(x), seed=seed)
    elif shuffle:
        dataset = dataset.shuffle(len(x))
    return dataset.batch(batch_size)
