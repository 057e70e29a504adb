# message: made without other arguments and called as asked?
def count_traces(fn, calls):
    traced = tf.function(fn, reduce_retracing=True)
    for args in calls:
        traced(*args)
    return traced.experimental_get_tracing_count()
