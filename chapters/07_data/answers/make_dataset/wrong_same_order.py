# message: two passes had the same order
def make_dataset(x, y, batch_size, *, shuffle=False, seed=None, sample_weight=None):
    arrays = (x, y) if sample_weight is None else (x, y, sample_weight)
    if shuffle:
        order = np.random.default_rng(seed).permutation(len(x))
        arrays = tuple(array[order] for array in arrays)
    return tf.data.Dataset.from_tensor_slices(arrays).batch(batch_size)
