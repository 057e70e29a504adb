# message: the field simple_value is that of TensorFlow 1
def read_scalars(log_dir, tag):
    points = []
    for path in Path(log_dir).glob("*tfevents*"):
        for event in tf.compat.v1.train.summary_iterator(str(path)):
            points += [(event.step, v.simple_value) for v in event.summary.value if v.tag == tag]
    return sorted(points)
