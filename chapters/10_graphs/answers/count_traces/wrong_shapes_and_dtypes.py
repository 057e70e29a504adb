# message: Their values are part of the graph: each new value is a new trace.
def count_traces(fn, calls):
    signatures = set()
    for args in calls:
        signatures.add(tuple((tf.constant(a).dtype, tuple(tf.constant(a).shape)) for a in args))
    return len(signatures)
