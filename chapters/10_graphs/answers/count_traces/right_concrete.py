def count_traces(fn, calls):
    traced = tf.function(fn)
    return len({traced.get_concrete_function(*arguments) for arguments in calls})
