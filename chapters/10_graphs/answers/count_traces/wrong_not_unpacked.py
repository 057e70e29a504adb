# message: unpack it, traced(*arguments)
def count_traces(fn, calls):
    traced = tf.function(fn)
    for args in calls:
        traced(args)
    return traced.experimental_get_tracing_count()
