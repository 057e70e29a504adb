# message: For no calls count_traces raised IndexError
def count_traces(fn, calls):
    traced = tf.function(fn)
    traced(*calls[0])
    for arguments in calls[1:]:
        traced(*arguments)
    return traced.experimental_get_tracing_count()
