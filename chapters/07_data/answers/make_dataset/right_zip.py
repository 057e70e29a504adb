def make_dataset(x, y, batch_size, *, shuffle=False, seed=None, sample_weight=None):
    parts = [tf.data.Dataset.from_tensor_slices(x), tf.data.Dataset.from_tensor_slices(y)]
    if sample_weight is not None:
        parts.append(tf.data.Dataset.from_tensor_slices(sample_weight))
    samples = tf.data.Dataset.zip(tuple(parts))
    if shuffle:
        samples = samples.cache().shuffle(buffer_size=x.shape[0], seed=seed)
    return samples.batch(batch_size).prefetch(tf.data.AUTOTUNE)
