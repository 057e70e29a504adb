# message: written directly in the folder, you returned
def read_scalars(log_dir, tag):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(log_dir), size_guidance={"tensors": 0}).Reload()
    tags = events.Tags()["tensors"]
    if tag not in tags:
        raise KeyError(f"no tag {tag}; there are {tags}")
    points = []
    for name in tags:
        if name.startswith(tag):
            for e in events.Tensors(name):
                value = tf.make_ndarray(e.tensor_proto)
                points += [(e.step, float(value))] if value.ndim == 0 else []
    return sorted(points)
