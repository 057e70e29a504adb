# message: each call of it starts from zero
trace_log = {}


def count_traces(fn, calls):
    def counted(*args):
        trace_log.setdefault(fn, []).append(args)
        return fn(*args)

    traced = tf.function(counted)
    for args in calls:
        traced(*args)
    return len(trace_log.get(fn, []))
