# message: TensorFlow 2 stores scalars as tensors
def read_scalars(log_dir, tag):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(log_dir)).Reload()
    return [(event.step, event.value) for event in events.Scalars(tag)]
