# message: count_traces returned None: is a `return` missing?
def count_traces(fn, calls):
    traced = tf.function(fn)
    for args in calls:
        traced(*args)
    print(traced.experimental_get_tracing_count())
