# message: It is a triple exactly when there is a sample_weight, even if all weights are 0.
def make_dataset(x, y, batch_size, *, shuffle=False, seed=None, sample_weight=None):
    parts = (x, y, sample_weight) if np.any(sample_weight) else (x, y)
    samples = tf.data.Dataset.from_tensor_slices(parts)
    if shuffle:
        samples = samples.shuffle(len(x), seed=seed)
    return samples.batch(batch_size)
