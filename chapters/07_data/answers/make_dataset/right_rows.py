def make_dataset(x, y, batch_size, *, shuffle=False, seed=None, sample_weight=None):
    rows = tf.data.Dataset.range(len(x))
    if shuffle:
        rows = rows.shuffle(len(x), seed=seed)
    arrays = [x, y]
    if sample_weight is not None:
        arrays += [sample_weight]
    return rows.batch(batch_size).map(lambda i: tuple(tf.gather(array, i) for array in arrays))
