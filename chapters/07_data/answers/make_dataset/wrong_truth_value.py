# message: Write `if sample_weight is None`
def make_dataset(x, y, batch_size, *, shuffle=False, seed=None, sample_weight=None):
    arrays = (x, y, sample_weight) if sample_weight else (x, y)
    dataset = tf.data.Dataset.from_tensor_slices(arrays)
    if shuffle:
        dataset = dataset.shuffle(len(x), seed=seed)
    return dataset.batch(batch_size)
