# says: total_score
import re


def total(values):
    return re.match("(a+)+$", "a" * 60 + "b")
