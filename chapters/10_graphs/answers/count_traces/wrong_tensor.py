# message: a number of traces is an integer
def count_traces(fn, calls):
    traced = tf.function(fn)
    for arguments in calls:
        traced(*arguments)
    return tf.constant(traced.experimental_get_tracing_count(), tf.float32)
