# message: Two event files, the second with the earlier steps
def read_scalars(log_dir, tag):
    path = sorted(Path(log_dir).glob("*tfevents*"))[0]
    points = {}
    for event in tf.compat.v1.train.summary_iterator(str(path)):
        for value in event.summary.value:
            points.setdefault(value.tag, []).append((event.step, value.tensor))
    if tag not in points:
        raise KeyError(f"{tag}: {sorted(points)}")
    return [(step, float(tf.make_ndarray(tensor))) for step, tensor in points[tag]]
