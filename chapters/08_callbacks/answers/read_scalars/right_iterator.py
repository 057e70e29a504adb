def read_scalars(log_dir, tag):
    points = {}
    for path in Path(log_dir).glob("*tfevents*"):
        for event in tf.compat.v1.train.summary_iterator(str(path)):
            for value in event.summary.value:
                points.setdefault(value.tag, []).append((event.step, value.tensor))
    if tag not in points:
        raise KeyError(f"{tag} not found. Available: {', '.join(points)}")
    rows = sorted(points[tag], key=lambda row: row[0])
    return [(step, tf.make_ndarray(tensor).item()) for step, tensor in rows]
