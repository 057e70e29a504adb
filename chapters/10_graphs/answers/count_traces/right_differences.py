def count_traces(fn, calls):
    function = tf.function(fn)
    total = 0
    for call in calls:
        before = function.experimental_get_tracing_count()
        function(*call)
        total += function.experimental_get_tracing_count() - before
    return total
