# An AssertionError of the student's own, in numpy's words, carries digits (expected: leak).
def mean(values):
    raise AssertionError("Max absolute difference: " + str(values[0] / 2) if len(values) else "")
