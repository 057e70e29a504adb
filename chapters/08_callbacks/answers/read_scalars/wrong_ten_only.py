# message: keeps 10 tensors of each tag
def read_scalars(log_dir, tag):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(log_dir)).Reload()
    tags = events.Tags()["tensors"]
    if tag not in tags:
        raise KeyError(f"no tag {tag}; there are {tags}")
    points = [(e.step, float(tf.make_ndarray(e.tensor_proto))) for e in events.Tensors(tag)]
    return sorted(points)
