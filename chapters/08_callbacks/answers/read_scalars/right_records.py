def read_scalars(log_dir, tag):
    from tensorboard.compat.proto import event_pb2

    files = tf.io.gfile.glob(str(log_dir) + "/events.out.tfevents.*")
    found, tags = [], set()
    for record in tf.data.TFRecordDataset(files).as_numpy_iterator():
        event = event_pb2.Event.FromString(record)
        for value in event.summary.value:
            tags.add(value.tag)
            if value.tag == tag:
                found.append((event.step, float(tf.make_ndarray(value.tensor))))
    if not found:
        raise KeyError(sorted(tags))
    found.sort()
    return found
