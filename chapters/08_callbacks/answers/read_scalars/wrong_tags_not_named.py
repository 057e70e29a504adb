# message: should name the tags that there are
def read_scalars(log_dir, tag):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(log_dir), size_guidance={"tensors": 0}).Reload()
    tags = events.Tags()["tensors"]
    if tag not in tags:
        raise KeyError(tag)
    points = [(e.step, float(tf.make_ndarray(e.tensor_proto))) for e in events.Tensors(tag)]
    return sorted(points)
