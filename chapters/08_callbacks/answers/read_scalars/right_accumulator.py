from tensorboard.backend.event_processing import event_accumulator


def read_scalars(log_dir, tag):
    guide = {event_accumulator.TENSORS: 0}
    accumulator = event_accumulator.EventAccumulator(str(log_dir), guide)
    accumulator.Reload()
    try:
        events = accumulator.Tensors(tag)
    except KeyError:
        raise KeyError(f"{tag!r} is not among {accumulator.Tags()['tensors']}") from None
    events = sorted(events, key=lambda event: event.step)
    return [(event.step, float(tf.make_ndarray(event.tensor_proto))) for event in events]
