# message: Without `shuffle` the samples should come in order
def make_dataset(x, y, batch_size, *, shuffle=False, seed=None, sample_weight=None):
    arrays = (x, y) if sample_weight is None else (x, y, sample_weight)
    dataset = tf.data.Dataset.from_tensor_slices(arrays)
    return dataset.shuffle(len(x), seed=seed).batch(batch_size)
