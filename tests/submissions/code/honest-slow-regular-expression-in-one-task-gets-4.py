# says: mean_check
import re


def mean(values):
    return re.match("(a+)+$", "a" * 60 + "b")
