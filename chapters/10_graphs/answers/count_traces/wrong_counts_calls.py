# message: you return 3, the number of calls
def count_traces(fn, calls):
    count = 0
    for args in calls:
        tf.function(fn)(*args)
        count += 1
    return count
