def make_dataset(x, y, batch_size, *, shuffle=False, seed=None, sample_weight=None):
    rows = tf.data.Dataset.range(len(x))
    if shuffle:
        rows = rows.shuffle(10 * len(x), seed=seed)
    arrays = [tf.constant(x), tf.constant(y)]
    if sample_weight is not None:
        arrays += [tf.constant(sample_weight, dtype=tf.float32)]
    return rows.batch(batch_size).map(lambda i: tuple(tf.gather(array, i) for array in arrays))
