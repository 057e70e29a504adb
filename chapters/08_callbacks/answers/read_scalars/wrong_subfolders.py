# message: With a subfolder and files of other kinds in the folder
def read_scalars(log_dir, tag):
    points = {}
    for path in sorted(Path(log_dir).rglob("*tfevents*")):
        for event in tf.compat.v1.train.summary_iterator(str(path)):
            for value in event.summary.value:
                points.setdefault(value.tag, []).append((event.step, value.tensor))
    if tag not in points:
        raise KeyError(f"{tag}: {sorted(points)}")
    return sorted((step, float(tf.make_ndarray(value))) for step, value in points[tag])
