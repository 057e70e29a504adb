# message: 1,500 points: 1500 points were written directly in the folder, you returned 1000.
def read_scalars(log_dir, tag):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(log_dir), size_guidance={"tensors": 1000}).Reload()
    tags = events.Tags()["tensors"]
    if tag not in tags:
        raise KeyError(f"There is no tag {tag!r}; there are {sorted(tags)}.")
    return sorted((e.step, float(tf.make_ndarray(e.tensor_proto))) for e in events.Tensors(tag))
